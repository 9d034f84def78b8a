"""PostgreSQL, Valkey and Elasticsearch for a machine that has none: development, demo, tests. Never for production."""

from loyalty.embedded.elasticsearch import Elasticsearch
from loyalty.embedded.failures import EmbeddedError, NoProviderError
from loyalty.embedded.postgres import Postgres
from loyalty.embedded.stack import Embedded
from loyalty.embedded.valkey import Valkey

__all__ = ["Elasticsearch", "Embedded", "EmbeddedError", "NoProviderError", "Postgres", "Valkey"]
