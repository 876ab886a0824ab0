package io.holdfast.it;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.glassfish.tyrus.client.ClientManager;

/** Speaks raw frames through Tyrus. */
final class RawClient extends WireClient {
    private static final ClientManager TYRUS = ClientManager.createClient();

    private final Session session;

    private RawClient(Wire wire, URI uri, ClientEndpointConfig config) throws DeploymentException, IOException {
        super(wire);
        session = TYRUS.connectToServer(new Listener(), config, uri);
    }

    static RawClient open(URI uri) {
        return open(Wire.JSON, uri);
    }

    static RawClient open(Wire wire, URI uri) {
        return open(wire, uri, Map.of(), wire.subprotocols());
    }

    /** Opens with extra headers of the handshake and offered subprotocols. */
    static RawClient open(URI uri, Map<String, String> headers, List<String> subprotocols) {
        return open(Wire.JSON, uri, headers, subprotocols);
    }

    static RawClient open(Wire wire, URI uri, Map<String, String> headers, List<String> subprotocols) {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                .preferredSubprotocols(subprotocols)
                .configurator(new ClientEndpointConfig.Configurator() {
                    @Override
                    public void beforeRequest(Map<String, List<String>> request) {
                        headers.forEach((name, value) -> request.put(name, List.of(value)));
                    }
                })
                .build();
        try {
            return new RawClient(wire, uri, config);
        } catch (DeploymentException e) {
            throw new IllegalStateException("no handshake with " + uri, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String subprotocol() {
        return session.getNegotiatedSubprotocol();
    }

    @Override
    synchronized void sendText(String frame) {
        try {
            session.getBasicRemote().sendText(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    synchronized void sendBinary(byte[] frame) {
        try {
            session.getBasicRemote().sendBinary(ByteBuffer.wrap(frame));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tyrus cannot cut the line: {@link SocketClient} can. */
    @Override
    void drop() {
        throw new UnsupportedOperationException("use a SocketClient");
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (IOException | IllegalStateException e) {
            ended(1006, "close failed: " + e);
        }
    }

    private final class Listener extends Endpoint {
        @Override
        public void onOpen(Session opened, EndpointConfig config) {
            opened.setMaxTextMessageBufferSize(1 << 20);
            opened.addMessageHandler(new MessageHandler.Whole<String>() {
                @Override
                public void onMessage(String text) {
                    received(text);
                }
            });
            opened.setMaxBinaryMessageBufferSize(1 << 20);
            opened.addMessageHandler(new MessageHandler.Whole<byte[]>() {
                @Override
                public void onMessage(byte[] bytes) {
                    received(bytes);
                }
            });
        }

        @Override
        public void onClose(Session closed, CloseReason reason) {
            ended(reason.getCloseCode().getCode(), reason.getReasonPhrase());
        }

        @Override
        public void onError(Session failed, Throwable failure) {
            ended(1006, failure.toString());
        }
    }
}
