package dev.retouch.mock.wire;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;

/** The connection below HTTP: for faults that HTTP cannot express, and to notice a client that left while it waited. */
final class ClientSocket {

    private final EndPoint endPoint;

    ClientSocket(Request request) {
        this.endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    }

    /** Ends the connection with RST instead of FIN. */
    void reset() throws IOException {
        if (endPoint instanceof SocketChannelEndPoint socket) {
            socket.getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        endPoint.close();
    }

    /**
     * Whether the client closed its side. While an answer is being prepared nobody else reads the socket, so this may. A byte that
     * arrives here would be a pipelined request; no client of this API pipelines, and it is answered by closing.
     */
    boolean clientIsGone() {
        if (!(endPoint instanceof SocketChannelEndPoint socket)) {
            return false;
        }
        SocketChannel channel = socket.getChannel();
        try {
            return !channel.isOpen() || channel.read(ByteBuffer.allocate(1)) != 0;
        } catch (IOException _) {
            return true;
        }
    }
}
