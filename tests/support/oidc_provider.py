"""A small OpenID Connect provider on this machine, that can be made to lie."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, SECRET = "kerumun portal", "a+secret/with:signs%"


class OidcProvider:
    """Who signs in next, with what claims, and what is wrong with the answer."""

    def __init__(self, clock):
        self.clock = clock
        self.url = ""
        self.person = {"sub": "person-1", "preferred_username": "rara"}
        self.changes = {}  # to the claims of the next ID token; None takes one out
        self.config_changes = {}
        self.sign = self.sign_properly
        self.keys = [RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})]
        self.codes = {}
        self.asked = []

    @property
    def issuer(self):
        return self.url

    def config(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            **self.config_changes,
        }

    def jwks(self):
        return KeySet(self.keys).as_dict(private=False)

    def authorize(self, asked):
        """Where the browser is sent back to."""
        code = uuid4().hex
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def tokens(self, sent, authorization):
        """The answer to a code; None where it is refused. A code is good once."""
        asked = self.codes.pop(sent.get("code"), None)
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        self.asked.append(sent)
        if (
            asked is None
            or (unquote_plus(given[0]), unquote_plus(given[2])) != (CLIENT_ID, SECRET)
            or asked["code_challenge_method"] != "S256"
            or challenge.rstrip(b"=").decode() != asked["code_challenge"]
            or sent["redirect_uri"] != asked["redirect_uri"]
        ):
            return None
        now = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.person | self.changes
        return {"access_token": "x", "id_token": self.sign({k: v for k, v in claims.items() if v is not None})}

    def sign_properly(self, claims):
        return jwt.encode({"alg": "RS256", "kid": self.keys[-1].kid}, claims, self.keys[-1])

    def sign_not_at_all(self, claims):
        parts = ({"alg": "none", "kid": self.keys[0].kid}, claims)
        return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."

    def sign_with_another_key(self, claims):
        other = RSAKey.generate_key(2048, {"kid": self.keys[0].kid})
        return jwt.encode({"alg": "RS256", "kid": other.kid}, claims, other)

    def sign_with_the_public_key_as_secret(self, claims):
        import hmac

        parts = ({"alg": "HS256", "typ": "JWT", "kid": self.keys[0].kid}, claims)
        text = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts)
        made = hmac.new(self.keys[0].as_pem(private=False), text.encode(), "sha256").digest()
        return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"

    def sign_with_the_client_s_secret(self, claims):
        from joserfc.jwk import OctKey

        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


@contextmanager
def oidc_provider(clock):
    """A provider that listens on this machine as long as the block."""
    provider = OidcProvider(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                self.answer(provider.config())
            elif parts.path == "/keys":
                self.answer(provider.jwks())
            elif parts.path == "/authorize":
                asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {key: values[0] for key, values in parse_qs(content).items()}
            tokens = provider.tokens(sent, self.headers.get("Authorization", ""))
            self.answer(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def answer(self, told, status=200):
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
