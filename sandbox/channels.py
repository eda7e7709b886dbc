"""Channels: forty, which the other kinds refer to (contract: `/channel/list`, whose times are milliseconds)."""

from typing import NamedTuple

from sandbox.arithmetic import Draw, mix, stream
from sandbox.dates import LAST_UPDATE
from sandbox.kinds import Filter, Keys, Kind, Stamp, Table, table_of

_KEYS, _ITEM = stream("channel.keys"), stream("channel.item")
_PLATFORMS = (
    "FREEMIUM", "ROKU", "OTTSTB", "PLAYSTATION", "FREEMIUM_DAI", "FIRETV", "HLS_INTERNATIONAL", "DOWNLOAD", "IPAD",
    "IOS", "TABLET", "CHROMECAST", "SCOPETV", "PCTV", "JIO", "ASHA", "XBOX", "CONNECTED", "PLAYREADY", "ANDROID",
    "APPLETV",
)  # fmt: skip
_MORE = (
    "Star Bharat", "Star Utsav", "Star Gold Select", "Star Gold 2", "Star Pravah", "Pravah Picture", "Star Jalsha",
    "Jalsha Movies", "Star Vijay", "Vijay Super", "Vijay Takkar", "Asianet", "Asianet Plus", "Star Maa",
    "Star Maa Movies", "Star Maa Gold", "Star Maa Music", "Star Suvarna", "Suvarna Plus", "Star Kiran",
    "Star Sports 1", "Star Sports 1 Hindi", "Star Sports 1 Tamil", "Star Sports 2", "Star Sports 3",
    "Star Sports First", "Star Sports Select 1", "Star Sports Select 2", "National Geographic", "Nat Geo Wild",
    "Disney Channel", "Disney Junior", "Hungama", "Super Hungama", "Star World", "Star Movies",
)  # fmt: skip


class Channel(NamedTuple):
    """A channel: its internal id, name and public id."""

    number: int
    name: str
    content_id: int


CHANNELS = (
    Channel(3, "StarPlus", 821),
    Channel(54, "Hotstar Specials", 1_260_003_991),
    Channel(29, "Star Gold", 829),
    Channel(17, "Asianet Movies", 1_184),
    *(Channel(60 + place, name, 1_201 + 37 * place) for place, name in enumerate(_MORE)),
)

CHANNEL = Kind(
    name="channel",
    path="/channel/list",
    columns=("esUpdateDate",),
    sorted_columns=("esUpdateDate",),
    filters={
        "fromUpdateDate": Filter("esUpdateDate", "from"),
        "toUpdateDate": Filter("esUpdateDate", "to"),
    },
    order_columns={"esUpdateDate": "esUpdateDate"},
    default_order=("esUpdateDate", "asc"),
    told=("id", "name"),
    stamp=Stamp("esUpdateDate", 1_000),
    hidden=frozenset({"esUpdateDate"}),
)


def channel_object(channel: Channel) -> dict[str, object]:
    """Return `channelObject`, by which other kinds refer to a channel."""
    return {"id": channel.number, "name": channel.name, "contentId": channel.content_id}


class Channels:
    """The channels, each a function of its number and the seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __len__(self) -> int:
        """Return how many there are at the start."""
        return len(CHANNELS)

    def table(self) -> Table:
        """Return the keys of those that there are at the start."""
        return table_of(CHANNEL, map(self.keys, range(len(self))))

    def keys(self, number: int) -> Keys:
        """Return `contentId` as text and (esUpdateDate,), in milliseconds."""
        age = mix(self._seed, _KEYS, number) % 300_000_000_000
        return Keys(str(_channel(number).content_id), (LAST_UPDATE * 1_000 - age,))

    def about(self, number: int) -> dict[str, object]:  # noqa: ARG002 - one signature for all kinds
        """Return nothing: a channel is no work."""
        return {}

    def item(self, number: int) -> dict[str, object]:
        """Return the channel with the contract's fields."""
        known = _channel(number)
        return {
            "id": known.number,
            "contentId": known.content_id,
            "name": known.name,
            "enabledPlatforms": Draw(self._seed, _ITEM, number).some(_PLATFORMS, len(_PLATFORMS)),
        }


def _channel(number: int) -> Channel:
    if number < len(CHANNELS):
        return CHANNELS[number]
    return Channel(100 + number, f"New Channel {number - len(CHANNELS) + 1}", 1_260_100_000 + number)
