"""Sign-in through an OpenID Connect provider: authorization code with PKCE, one answer for one question.

State, nonce and PKCE verifier all follow from one secret in a cookie of the browser that asks, so that an answer is
good in that browser alone and nothing is stored before anybody has proven anything.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lake.errors import RefusedInputError
from portal.options import OidcOptions

# Never none, and never HMAC, which would take a public key for a secret.
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "ES512", "EdDSA"]
TIMEOUT_S = 10
BUSY_S = 1  # waiting longer would take the threads that others are served by
MOST_BYTES = 1_000_000
KEPT = timedelta(hours=1)
ASKED_AGAIN = timedelta(minutes=1)  # for new keys, whatever keys answers name
LEEWAY_S = 60
OPEN_TO_OTHERS = 0o077
BASIC = "client_secret_basic"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderError(Exception):
    """The provider's answer cannot be trusted, or there is none. For the log; the person is told no more than that."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whom the provider has told us of.

    Attributes:
        login: value of the configured claim.
        subject: what the provider calls the person for good, with the provider, hashed.
    """

    login: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the provider, and must come back with its answer."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, kw_only=True)
class _Known:
    config: Mapping[str, Any]
    keys: KeySet
    at: datetime


class Provider:
    """The provider of an installation; its addresses and keys are asked for when they are needed, and kept an hour."""

    def __init__(self, options: OidcOptions, *, secret_file: Path, clock: Callable[[], datetime]) -> None:
        """Read the client's secret.

        Raises:
            RefusedInputError: it cannot be read, others may read it, or people would become admins by themselves.
        """
        if options.role == "admin":
            raise RefusedInputError("portal.oidc.role cannot be admin: an admin makes admins, one by one")
        self._options, self._secret, self._clock = options, read_client_secret(secret_file), clock
        self._http = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)
        self._lock = Lock()
        self._known: _Known | None = None

    def address(self, question: Question, *, back_to: str) -> str:
        """Where to send a browser.

        Raises:
            ProviderError: the provider cannot be reached.
        """
        challenge = urlsafe_b64encode(sha256(question.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._options.client_id,
            "redirect_uri": back_to,
            "scope": "openid profile email",
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(self._knowing().config["authorization_endpoint"])
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def identify(self, code: str, question: Question, *, back_to: str) -> Identity:
        """Whom a code stands for.

        Raises:
            ProviderError: it is not good, or what the provider says of the person cannot be trusted.
        """
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_to,
            "code_verifier": question.verifier,
        }
        answer = self._exchange(sent)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderError("the provider sent no ID token")
        return self._identity_of(self._claims(token, nonce=question.nonce))

    def _exchange(self, sent: Mapping[str, str]) -> Mapping[str, Any]:
        config = self._knowing().config
        endpoint, client = str(config["token_endpoint"]), (self._options.client_id, self._secret)
        if BASIC in (config.get("token_endpoint_auth_methods_supported") or [BASIC]):
            return self._ask("POST", endpoint, data=sent, auth=(quote_plus(client[0]), quote_plus(client[1])))
        return self._ask("POST", endpoint, data={**sent, "client_id": client[0], "client_secret": client[1]})

    def _claims(self, token: str, *, nonce: str) -> Mapping[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._known_issuer()},
            aud={"essential": True, "value": self._options.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = self._decoded(token).claims
            rules.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderError(f"the ID token does not hold: {error}") from None
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._options.client_id:
            raise ProviderError("the ID token was made for others too")
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._knowing().keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # The provider may have new keys since we asked.
            return jwt.decode(token, self._knowing(kept=ASKED_AGAIN).keys, algorithms=ALGORITHMS)

    def _identity_of(self, claims: Mapping[str, Any]) -> Identity:
        login, subject = claims.get(self._options.login_claim), claims["sub"]
        if not isinstance(login, str) or not login.isascii():
            raise ProviderError(f"the ID token has no {self._options.login_claim} that could be a login")
        if not isinstance(subject, str) or not subject:
            raise ProviderError("the ID token says of nobody that it is for them")
        whole = f"{self._known_issuer()}\n{subject}"
        return Identity(login=login.lower(), subject=sha256(whole.encode("utf-8", "surrogatepass")).hexdigest())

    def _known_issuer(self) -> str:
        return str(self._knowing().config["issuer"])

    def _knowing(self, *, kept: timedelta = KEPT) -> _Known:
        if not self._lock.acquire(timeout=BUSY_S):
            raise ProviderError("the provider is slow to answer")
        try:
            now = self._clock()
            if self._known is None or now - self._known.at >= kept:
                self._known = self._discovered(now)
            return self._known
        finally:
            self._lock.release()

    def _discovered(self, now: datetime) -> _Known:
        issuer = self._options.issuer
        config = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if config.get("issuer") not in {issuer, issuer.rstrip("/")}:
            raise ProviderError("the provider calls itself by another name than portal.oidc.issuer")
        scheme = urlsplit(issuer).scheme
        for name in ENDPOINTS:
            if urlsplit(str(config.get(name, ""))).scheme not in {scheme, "https"}:
                raise ProviderError(f"the provider has no {name} that can be trusted")
        try:
            keys = KeySet.import_key_set(self._ask("GET", str(config["jwks_uri"])))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError(f"the provider's keys cannot be read: {error}") from None
        return _Known(config=config, keys=keys, at=now)

    def _ask(self, method: str, url: str, **sent: Any) -> Mapping[str, Any]:  # noqa: ANN401 - passed on to httpx
        try:
            answer = self._http.request(method, url, **sent)
            told = answer.json() if answer.is_success and len(answer.content) <= MOST_BYTES else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise ProviderError(f"no answer from the provider at {urlsplit(url).netloc}: {error}") from None
        if not isinstance(told, dict):
            raise ProviderError(f"the provider at {urlsplit(url).netloc} answered {answer.status_code}, or no JSON")
        return told


def question_of(secret: str) -> Question:
    """What follows from the secret of a browser's cookie."""
    return Question(**{name: _derived(secret, name) for name in ("state", "nonce", "verifier")})


def read_client_secret(path: Path) -> str:
    """The secret that the provider knows us by: one line in a file that nobody else may read.

    Raises:
        RefusedInputError: the file is missing, empty or open to others.
    """
    try:
        mode, content = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise RefusedInputError(f"secret file {path}: {reason}; write the client's secret to it") from None
    if mode & OPEN_TO_OTHERS:
        raise RefusedInputError(f"secret file {path} is open to others: chmod 600 {path}")
    if not content or "\n" in content:
        raise RefusedInputError(f"secret file {path} holds no secret, or more than one line: write one line")
    return content


def _derived(secret: str, name: str) -> str:
    made = hmac.new(secret.encode("utf-8", "surrogatepass"), f"kerumun oidc {name}".encode(), "sha256")
    return urlsafe_b64encode(made.digest()).rstrip(b"=").decode()
