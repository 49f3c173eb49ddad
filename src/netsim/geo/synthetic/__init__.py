"""Synthetic cities: people, streets and sites that measure like those of real ones."""

from netsim.geo.synthetic.city import City, synthetic_city
from netsim.geo.synthetic.measure import city_figures, deviations
from netsim.geo.synthetic.targets import targets
from netsim.geo.synthetic.write import city_report, write_city

__all__ = ["City", "city_figures", "city_report", "deviations", "synthetic_city", "targets", "write_city"]
