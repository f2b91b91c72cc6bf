"""What a sheet is and what its rows tell: without database, web or files."""

from ocop.imports.rules.fields import FIELDS, FieldSpec, RowKind, spec, targets
from ocop.imports.rules.headings import understand
from ocop.imports.rules.names import producer_key, product_key, same_producer, same_product
from ocop.imports.rules.reading import records
from ocop.imports.rules.rows import data_rows
from ocop.imports.rules.sheets import Area, DataRow, Problem, Record, Rows, Setting, Sheet, Understood
from ocop.imports.rules.states import ImportState

# Of a listing record's values, those that belong to its pack; photos are file names; the rest is the listing's.
PACK_KEYS = (
    "label",
    "net_content",
    "net_unit",
    "price_vnd",
    "wholesale_vnd",
    "packed_weight_g",
    "stock",
    "gtin",
)

__all__ = [
    "FIELDS",
    "PACK_KEYS",
    "Area",
    "DataRow",
    "FieldSpec",
    "ImportState",
    "Problem",
    "Record",
    "RowKind",
    "Rows",
    "Setting",
    "Sheet",
    "Understood",
    "data_rows",
    "producer_key",
    "product_key",
    "records",
    "same_producer",
    "same_product",
    "spec",
    "targets",
    "understand",
]
