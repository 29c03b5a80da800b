package dev.retouch.server.task;

import java.net.URI;

/**
 * The data needed to run a task.
 *
 * @param id the task id
 * @param account the root key id of the key that submitted it
 * @param keyId the id of the key that submitted it
 * @param editId the edit id, used in the ledger
 * @param request the request without its images, as JSON
 * @param linkBase the base URL of signed URLs in the result
 * @param asked the number of images requested
 */
record TaskSpec(String id, String account, String keyId, String editId, String request, URI linkBase, int asked) {}
