package dev.retouch.server.admission;

import java.time.Instant;

/**
 * Limits how many bytes of hosted images, stored responses and images of tasks an account may have stored, so that one key cannot fill the
 * store for all. An account is named by its root key id. Thread-safe.
 */
public interface StorageQuota {

    /** No limit. */
    StorageQuota UNLIMITED = new StorageQuota() {
        @Override
        public void require(String account) {
            // everything is admitted
        }

        @Override
        public void stored(String account, Instant removedAt, long bytes) {
            // nothing is counted
        }
    };

    /**
     * Rejects an edit that would store something while its account has stored its part. An edit in flight is not counted, so that an
     * account can exceed its part by what its running edits store.
     *
     * @throws dev.retouch.server.error.ApiException if the account has stored its part
     */
    void require(String account);

    /**
     * Counts bytes that were stored, or removed earlier than planned.
     *
     * @param removedAt when they are removed
     * @param bytes the number of bytes; negative if they were removed early
     */
    void stored(String account, Instant removedAt, long bytes);
}
