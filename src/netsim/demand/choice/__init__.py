"""Choice of an outlet: the parts of the catalogues, of all to one outlet and of shares with an outside option."""

from netsim.demand.choice import huff, logit, mci, nearest
from netsim.demand.choice.catalogue import CHOICES, Choice
from netsim.demand.choice.probabilities import CHOICE_MODELS, Alternatives, ChoiceModel, ChoiceProbabilities, Parameters
from netsim.demand.choice.shares import choose, choose_rows, shares_of, to_shares
from netsim.demand.choice.utility import CostWeights, extra_cost, generalised_cost

__all__ = [
    "CHOICES",
    "CHOICE_MODELS",
    "Alternatives",
    "Choice",
    "ChoiceModel",
    "ChoiceProbabilities",
    "CostWeights",
    "Parameters",
    "choose",
    "choose_rows",
    "extra_cost",
    "generalised_cost",
    "huff",
    "logit",
    "mci",
    "nearest",
    "shares_of",
    "to_shares",
]
