package io.holdfast.it.faults;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.StoreFullException;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import io.holdfast.stream.rocksdb.RocksDbOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** In the deployed WAR: the real engine, whose appends fail as the test asks. */
@ApplicationScoped
public class FaultyEngine {
    /** What becomes of the next appends. */
    public enum Mode {
        WORKS,
        FAILS_ONCE,
        FAILS,
        HANGS,
        FULL
    }

    private volatile Mode mode = Mode.WORKS;
    private final AtomicInteger attempts = new AtomicInteger();

    /** Sets what happens from now on, and counts anew. */
    void set(Mode wanted) {
        mode = wanted;
        attempts.set(0);
    }

    int attempts() {
        return attempts.get();
    }

    @Produces
    @ApplicationScoped
    @Alternative
    @Priority(1)
    StreamEngine engine() throws IOException {
        Path directory = Files.createTempDirectory("holdfast-faulty");
        StreamEngine real = RocksDbEngine.open(
                RocksDbOptions.defaults(directory, Path.of(System.getProperty("java.io.tmpdir"))),
                System::currentTimeMillis,
                System::nanoTime);
        return (StreamEngine) Proxy.newProxyInstance(
                StreamEngine.class.getClassLoader(),
                new Class<?>[] {StreamEngine.class},
                (proxy, method, arguments) -> invoke(real, method, arguments));
    }

    void close(@Disposes StreamEngine engine) {
        engine.close();
    }

    private Object invoke(StreamEngine real, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("append")) {
            attempts.incrementAndGet();
            switch (mode) {
                case FAILS_ONCE -> {
                    mode = Mode.WORKS;
                    return failed();
                }
                case FAILS -> {
                    return failed();
                }
                case HANGS -> {
                    return new CompletableFuture<>();
                }
                case FULL -> {
                    return CompletableFuture.failedFuture(
                            new StoreFullException("No room, as the test asked", null).nothingStored());
                }
                case WORKS -> {}
            }
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static CompletableFuture<Object> failed() {
        return CompletableFuture.failedFuture(
                new EngineException(EngineException.Reason.IO, "Failed, as the test asked", null).nothingStored());
    }
}
