-- The bytes of hosted images, stored responses and images of tasks that an account has stored, by the hour in which they are removed.
CREATE TABLE stored_bytes (
    account       TEXT   NOT NULL,
    removed_after BIGINT NOT NULL, -- hours since 1970
    bytes         BIGINT NOT NULL,
    PRIMARY KEY (account, removed_after)
);

CREATE INDEX stored_bytes_by_hour ON stored_bytes (removed_after);
