package io.holdfast.http.fallback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamConnectionTest {
    private final Out out = new Out();
    private final AtomicInteger completed = new AtomicInteger();

    /** Keeps what is written until the peer has left. */
    private static final class Out extends ServletOutputStream {
        private final StringBuilder written = new StringBuilder();
        private boolean left;

        @Override
        public void write(int b) throws IOException {
            if (left) {
                throw new IOException("Broken pipe");
            }
            written.append((char) b);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new AssertionError("it blocks on Liberty");
        }
    }

    private StreamConnection stream(String protocol) throws IOException {
        Object response = of(ServletResponse.class, name -> out);
        Object request = of(ServletRequest.class, name -> protocol);
        return StreamConnection.open(
                (AsyncContext) of(AsyncContext.class, name -> switch (name) {
                    case "getResponse" -> response;
                    case "getRequest" -> request;
                    case "complete" -> {
                        completed.incrementAndGet();
                        yield null;
                    }
                    default -> throw new AssertionError(name);
                }),
                Framing.LINES,
                Duration.ofSeconds(1));
    }

    private interface Answers {
        Object to(String method);
    }

    private static Object of(Class<?> type, Answers answers) {
        return Proxy.newProxyInstance(
                StreamConnectionTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.to(method.getName()));
    }

    @Test
    void a_probe_stands_between_frames_and_says_nothing() throws Exception {
        StreamConnection stream = stream("HTTP/1.1");
        stream.send("{}".getBytes(UTF_8), 2);
        stream.probe();
        stream.send("{}".getBytes(UTF_8), 2);
        assertThat(out.written).hasToString("{}\n {}\n");
        assertThat(stream.over().toCompletableFuture()).isNotDone();
    }

    @Test
    void a_probe_finds_a_peer_that_has_left() throws Exception {
        StreamConnection stream = stream("HTTP/1.1");
        out.left = true;
        stream.probe();
        assertThat(stream.over().toCompletableFuture()).isDone();
        stream.probe();
        assertThat(completed).hasValue(1);
    }

    @Test
    void where_a_write_may_block_nothing_is_probed() throws Exception {
        stream("HTTP/2.0").probe();
        assertThat(out.written).isEmpty();
    }
}
