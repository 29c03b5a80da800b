package dev.retouch.server.app;

import java.net.URI;

import dev.retouch.mock.MockUpstream;
import dev.retouch.server.upstream.WireSettings;

/**
 * Where the sandbox is reached.
 *
 * @param url the base URL of edits
 * @param kind the upstream kind of edits
 * @param moderationUrl the base URL of moderation, which is always in OpenAI's form
 */
record SandboxAddress(URI url, String kind, URI moderationUrl) {

    /** The address of this mock upstream for a kind. */
    static SandboxAddress of(MockUpstream mock, String kind) {
        return new SandboxAddress(mock.baseUrl(kind), kind, mock.baseUrl(WireSettings.OPENAI));
    }
}
