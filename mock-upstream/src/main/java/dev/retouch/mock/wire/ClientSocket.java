package dev.retouch.mock.wire;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;

/** The TCP connection, for faults that HTTP cannot express, and to detect a disconnect while a request waits. */
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
     * Returns whether the client closed its side. May read the socket, because no other code reads it while a response is prepared.
     * A byte received here would be a pipelined request, which clients of this API do not send; the connection is then closed.
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
