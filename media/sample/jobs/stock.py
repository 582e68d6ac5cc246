"""Says what has to be ordered."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A product with what is left of it."""

    name: str
    left: int
    sold_per_week: int


def weeks_left(product: Product) -> float:
    """How long the stock lasts; infinite for what nobody buys."""
    if product.sold_per_week == 0:
        return float("inf")
    return product.left / product.sold_per_week


def to_order(products: list[Product], weeks: int = 4) -> dict[str, int]:
    """Pieces to order by name, so that each product lasts that many weeks."""
    missing = {p.name: p.sold_per_week * weeks - p.left for p in products}
    return {name: pieces for name, pieces in missing.items() if pieces > 0}
