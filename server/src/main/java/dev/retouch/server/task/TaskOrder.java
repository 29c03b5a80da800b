package dev.retouch.server.task;

import java.net.URI;

/**
 * What is needed to run a task.
 *
 * @param id of the task
 * @param account whose it is
 * @param keyId the key that asked for it
 * @param editId under which the ledger will know it
 * @param request without the images
 * @param linkBase where links of the result point to
 * @param asked how many images were asked for
 */
record TaskOrder(String id, String account, String keyId, String editId, String request, URI linkBase, int asked) {}
