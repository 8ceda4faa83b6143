"""Cross-tables: one dimension of a market by another, and the cells of it that an analyst knows."""

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from forecasts.models.market import Dimension, Market, Segment


@pghistory.track()
class CrossTable(models.Model):
    """Two dimensions that split the same whole. What no analyst entered is modelled: see `forecasts.crossing`."""

    class Detail(models.TextChoices):
        TOP = "top", "The first level: regions, materials"
        FINEST = "finest", "The finest level: countries, products"

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="cross_tables")
    rows = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="cross_tables_by_row")
    row_detail = models.CharField("rows show", max_length=6, choices=Detail, default=Detail.TOP)
    columns = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="cross_tables_by_column")
    column_detail = models.CharField("columns show", max_length=6, choices=Detail, default=Detail.TOP)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "rows", "columns"],
                name="cross_table_once_per_pair",
                violation_error_message="There is already a cross-table of these two dimensions.",
            ),
            models.CheckConstraint(
                condition=~Q(rows=F("columns")),
                name="cross_table_of_two_dimensions",
                violation_error_message="A cross-table needs two different dimensions.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market}: {self.title}"

    @property
    def title(self) -> str:
        return f"{self.rows.name} by {self.columns.name}"

    @property
    def code(self) -> str:
        """The table's name in addresses. A dimension's code never has two hyphens in a row, so it can't be one."""
        return f"{self.rows.code}--{self.columns.code}"

    def clean(self) -> None:
        if self.rows_id is None or self.columns_id is None:
            return
        for name, dimension in (("rows", self.rows), ("columns", self.columns)):
            if dimension.market_id != self.market_id:
                raise ValidationError({name: "The dimension belongs to another market."})
            if dimension.coverage == Dimension.Coverage.PARTIAL:
                raise ValidationError(
                    {name: f"{dimension.name} covers only a part of the market, so it can’t be crossed."}
                )
        if self.rows.breaks_down_id != self.columns.breaks_down_id:
            raise ValidationError(
                f"{self.rows.name} and {self.columns.name} don’t split the same whole, so no cells sum to both. "
                "Choose two dimensions of the whole market, or two breakdowns of the same segment."
            )


@pghistory.track()
class CrossCell(models.Model):
    """One known cell of a cross-table, with its source. It is held; the cells around it are fitted to it."""

    table = models.ForeignKey(CrossTable, on_delete=models.CASCADE, related_name="known_cells")
    row = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    column = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=6, validators=[MinValueValidator(0)])
    source = models.CharField(max_length=300)
    illustrative = models.BooleanField(default=False, help_text="Not market data: shown as illustrative everywhere.")

    class Meta:
        ordering = ["year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "row", "column", "year"],
                name="cross_cell_once_per_year",
                violation_error_message="This cell is already given for this year.",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="cross_cell_is_not_negative",
                violation_error_message="A market’s value cannot be negative.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="cross_cell_has_a_source",
                violation_error_message="Say where the number comes from.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row.name} × {self.column.name} {self.year}: {self.value}"

    def clean(self) -> None:
        if self.table_id is None or self.row_id is None or self.column_id is None:
            return
        if self.row.dimension_id != self.table.rows_id:
            raise ValidationError({"row": f"Choose a segment of {self.table.rows.name}."})
        if self.column.dimension_id != self.table.columns_id:
            raise ValidationError({"column": f"Choose a segment of {self.table.columns.name}."})
        market = self.table.market
        if self.year and not market.first_year <= self.year <= market.base_year:
            raise ValidationError(
                {"year": f"Known cells are of the past: from {market.first_year} to the base year, {market.base_year}."}
            )
