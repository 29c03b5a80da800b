package dev.retouch.server.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import dev.retouch.server.key.SandboxKey;

/**
 * The text that {@code serve} prints: the address, and a curl command for a first edit.
 *
 * @param address base URL of the gateway
 * @param key sandbox key, if the sandbox is enabled
 * @param published whether a public URL is set, so that the sandbox key is rejected
 * @param dataDir data directory
 */
record Banner(URI address, Optional<SandboxKey> key, boolean published, Path dataDir) {

    /** Returns the text with a final line end. */
    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "");
        line(text, "  Retouch is up      " + address);
        line(text, "  Try it in a page   " + address + "/docs");
        line(text, "  Data directory     " + dataDir.toAbsolutePath().normalize());
        if (key.isPresent() && !loopback()) {
            line(text, "  Sandbox key        not valid here: this address can be reached from other machines");
        }
        if (key.isPresent() && loopback() && published) {
            line(text, "  Sandbox key        not valid here: public-url is set, so clients come through a proxy");
        }
        key.filter(shown -> loopback() && !published).ifPresent(shown -> {
            line(text, "  Sandbox key        " + shown.value() + "  (free of charge, this machine only)");
            line(text, "");
            line(text, "  A first edit, written to edited.png:");
            line(text, "");
            line(text, firstEdit(shown));
        });
        line(text, "");
        return text.toString();
    }

    private String firstEdit(SandboxKey shown) {
        return "curl -sO '" + address + "/examples/{input,mask}.png' && curl -s " + address
                + "/v1/images/edits -H 'Authorization: Bearer " + shown.value()
                + "' -F image=@input.png -F mask=@mask.png -F 'prompt=a red balloon' -F size=1024x1024"
                + " -F response_format=url | grep -o 'http[^\"]*' | xargs curl -s -o edited.png";
    }

    private boolean loopback() {
        try {
            return java.net.InetAddress.getByName(address.getHost()).isLoopbackAddress();
        } catch (java.net.UnknownHostException e) {
            return false;
        }
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(System.lineSeparator());
    }
}
