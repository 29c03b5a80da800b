package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;

import dev.retouch.server.hosting.HostedImageStore;

/**
 * Stores the images of one edit among the gateway's hosted files, with links below the address that the client used.
 *
 * @param files the hosted files
 * @param linkBase the address below which links point
 * @param account the root key id of the account that the images count for
 * @param retention how much longer than its link a file is kept, because something that names it is kept for so long
 */
public record LinkedImageHost(HostedImageStore files, URI linkBase, String account,
        Duration retention) implements ImageHost {

    @Override
    public Upload begin() throws IOException {
        HostedImageStore.Upload upload = files.newUpload(account);
        return new Upload() {
            @Override
            public OutputStream out() {
                return upload;
            }

            @Override
            public String publish() throws IOException {
                return upload.publish(linkBase, retention).toString();
            }

            @Override
            public void close() throws IOException {
                upload.close();
            }
        };
    }
}
