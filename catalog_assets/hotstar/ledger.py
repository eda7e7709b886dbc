"""The ledger of filters by start date, which the provider allows twice a week (contracts: Hotstar, "Endpoints")."""

from catalog_assets.hotstar.record import ListingRecord


class StartDateLedger:
    """Allows one listing to filter by start date, and remembers that it did.

    Args:
        record: the listing.
        origin: the service's address and partner, whose allowance it is.
        exempt: why this listing does not count (first load, taken up, approved census); None: it counts.
    """

    def __init__(self, record: ListingRecord, origin: str, exempt: str | None) -> None:
        self._record = record
        self._origin = origin
        self._exempt = exempt
        self._allowed = False

    async def refusal(self) -> str | None:
        """Writes the use down; returns None if it is allowed, else what is wrong and when to ask again."""
        if self._allowed:
            return None
        use = {"origin": self._origin, "kind": self._record.kind.name}
        rows = await self._record.connection.rows(
            "note_start_date_use", {**use, "listing_id": self._record.listing_id, "exempt": self._exempt}
        )
        self._allowed = bool(rows)
        if self._allowed:
            return None
        again = await self._record.connection.value("find_next_start_date_use", use)
        return (
            "the two filters by start date that the provider allows in 7 days are used up, the next is allowed at"
            f" {again:%Y-%m-%d %H:%M} UTC"
        )
