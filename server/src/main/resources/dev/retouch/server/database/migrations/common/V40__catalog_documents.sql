-- Documents of upstreams and models that were stored through the API. Nothing is updated: the highest version of a kind is in use.
CREATE TABLE catalog_documents (
    -- upstreams, models
    kind          TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    -- JSON without secrets; null if the file is used
    document      TEXT,
    -- the older version that this one repeats
    restored_from BIGINT,
    note          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (kind, version)
);
