"""How customers choose among outlets, as a person typed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from netsim.model.quantities import Id, Key, Minutes, Money, Share
from netsim.model.scenario_base import Input, Keys

Exponent = Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]
Utility = Annotated[float, Field(ge=-50, le=50, allow_inf_nan=False)]


class TasteInput(Input):
    """What makes customers choose; what is absent is as in the common taste."""

    attraction: Exponent | None = Field(default=None, description="Exponent of an outlet's attraction; absent: 1.")
    cost: Exponent | None = Field(
        default=None,
        description="Exponent of the generalised cost in minutes, or loss of utility a minute (exponential, logit).",
    )
    attributes: Mapping[Id, Utility] = Field(
        default={}, description="Exponents of columns of the sites (mci), such as floor_space: 0.95."
    )
    outside: Minutes | None = Field(
        default=None,
        description="An outlet at this generalised cost would draw as many as staying away; absent: nobody stays away.",
    )
    wait: Weight | None = Field(default=None, description="Minutes of travel that a minute of waiting feels like.")
    service: Weight | None = Field(default=None, description="Minutes of travel that a minute of service feels like.")


class AgreementInput(Input):
    """When choice and simulated waits count as agreed."""

    days: Annotated[int, Field(ge=2, le=1000)] = Field(default=20, description="Common days simulated in each round.")
    damping: Annotated[Share, Field(gt=0)] = Field(default=0.5, description="Share of the way taken in a round.")
    tolerance: Annotated[Share, Field(gt=0)] = Field(
        default=0.002, description="Share of all visits that may still want to change the outlet."
    )
    max_rounds: Annotated[int, Field(ge=1, le=1000)] = Field(default=30, description="Most rounds.")


class ChoiceInput(TasteInput):
    """A choice model over outlets, competitors and staying away, with the simulated waits in it."""

    model: Literal["huff", "mci", "logit"] = Field(description="huff, mci or logit.")
    decay: Literal["power", "exponential"] = Field(default="power", description="How the cost counts (huff).")
    brands: Mapping[Id, Utility] = Field(default={}, description="Utility of a brand on top; 0 if absent.")
    formats: Mapping[Key, Utility] = Field(default={}, description="Utility of a format on top; 0 if absent.")
    segments: Mapping[Id, TasteInput] = Field(
        default={}, description="Tastes of layers, or of their segments as layer.segment."
    )
    agreement: AgreementInput = Field(default=AgreementInput(), description="When choice and waits agree.")

    @model_validator(mode="after")
    def _fits_the_model(self) -> Self:
        if self.cost is None:
            raise ValueError("'cost' is missing: how fast an outlet loses by its generalised cost")
        if self.model != "mci" and (self.attributes or any(item.attributes for item in self.segments.values())):
            raise ValueError("'attributes' belong to 'model: mci'")
        if self.model != "huff" and self.decay != "power":
            raise ValueError("'decay' belongs to 'model: huff'; the logit loses by the minute anyway")
        return self


class RivalInput(Input):
    """Outlets of competitors: they are there, nobody plans them."""

    attraction: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = Field(
        default=1.0, description="What draws people, where the layer has no column 'attraction'."
    )
    wait: Minutes | None = Field(default=None, description="Mean wait there; absent: none.")
    service: Minutes | None = Field(default=None, description="Mean service there; absent: none.")
    fee: Money = Field(default=0.0, description="Price of a visit.")
    tasks: Keys = Field(default=(), description="Tasks done there; empty: all.")
