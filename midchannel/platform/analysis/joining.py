"""Which records share a key: the same statement in DuckDB and in Spark."""

import os
from collections.abc import Sequence

import numpy as np

from midchannel.engines.identity import keys
from midchannel.platform.analysis.frame import Longs

PAIRS = """
WITH few AS (SELECT key FROM keys GROUP BY key HAVING count(*) BETWEEN 2 AND {crowd})
SELECT DISTINCT a.record AS one, b.record AS other FROM keys a JOIN few ON few.key = a.key JOIN keys b ON b.key = a.key
WHERE a.record < b.record ORDER BY 1, 2
"""
ENGINES = ("duckdb", "spark")
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}


class UnknownEngineError(ValueError):
    """There is no such engine. Choose duckdb or spark."""


def pairs(keys_of: Sequence[Sequence[int]], *, engine: str, crowd: int = keys.CROWD) -> tuple[Longs, Longs]:
    """Pairs of places that share a key which no more than `crowd` have, the smaller first, each once, in order. `keys_of`: by place."""
    counts = np.fromiter(map(len, keys_of), np.int64, len(keys_of))
    records = np.repeat(np.arange(len(keys_of), dtype=np.int64), counts)
    found = np.fromiter((key for each in keys_of for key in each), np.int64, int(counts.sum()))
    if engine == "duckdb":
        return _by_duckdb(records, found, crowd)
    if engine == "spark":
        return _by_spark(records, found, crowd)
    raise UnknownEngineError(f"There is no engine {engine!r}. Choose duckdb or spark.")


def _by_duckdb(records: Longs, found: Longs, crowd: int) -> tuple[Longs, Longs]:
    import duckdb

    connection = duckdb.connect()
    connection.register("keys", {"record": records, "key": found})
    got = connection.execute(PAIRS.format(crowd=crowd)).fetchnumpy()
    connection.close()
    return got["one"].astype(np.int64), got["other"].astype(np.int64)


def _by_spark(records: Longs, found: Longs, crowd: int) -> tuple[Longs, Longs]:
    """On the Spark that the environment names (`SPARK_REMOTE`, `SPARK_CONF_DIR`), else one of its own that only this machine reaches."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("midchannel")
    if not {"SPARK_REMOTE", "SPARK_CONF_DIR", "MASTER"} & os.environ.keys():
        builder = builder.master("local[*]")
        for name, value in LOCAL.items():
            builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        rows = zip(records.tolist(), found.tolist(), strict=True)
        spark.createDataFrame(rows, "record long, key long").createOrReplaceTempView("keys")
        got = spark.sql(PAIRS.format(crowd=crowd)).collect()
    finally:
        spark.stop()
    columns = np.array([(row.one, row.other) for row in got], np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
