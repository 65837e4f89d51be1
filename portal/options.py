"""What an installation can set about the review map: the table `[portal]` of `kerumun.toml`."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Role = Literal["viewer", "analyst", "approver", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "analyst", "approver", "admin")  # each may all that the ones before may


def _bare_address(address: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+", address):
        message = "must be an address without a path, such as https://peta.example.id"
        raise ValueError(message)
    return address


class OidcOptions(BaseModel):
    """Sign-in through an OpenID Connect provider: `[portal.oidc]`.

    Attributes:
        issuer: address of the provider, under which its configuration is found.
        client_id: name that it knows us by.
        secret_file: file below the home that holds the client's secret.
        name: what the button says.
        login_claim: claim whose value is the login of an account.
        role: that a person gets who signs in for the first time; None: an admin has to make the account first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]
    client_id: str
    secret_file: str = "oidc_secret"  # noqa: S105 - a file's name
    name: str = "OpenID Connect"
    login_claim: str = "preferred_username"
    role: Role | None = None


class PortalOptions(BaseModel):
    """The review map.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        base_url: address that people reach it under, where a proxy with a certificate stands in front.
        session_h: hours after which a person signs in again.
        idle_min: minutes without a request after which a person signs in again.
        stale_h: age in hours from which the newest hour counts as old.
        basemap: file of PMTiles below the home, or the address of a MapLibre style; the built-in one where not set.
        oidc: sign-in through a provider, beside local accounts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8078
    base_url: Annotated[str, AfterValidator(_bare_address)] | None = None
    session_h: Annotated[float, Field(gt=0, le=24 * 30)] = 12.0
    idle_min: Annotated[float, Field(gt=0)] = 120.0
    stale_h: Annotated[float, Field(gt=0)] = 3.0
    basemap: str | None = None
    oidc: OidcOptions | None = None
