package io.holdfast.validate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.client.ApiClient;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The gateway as a process of the suite: a shell command that runs in the foreground until it is killed. One thread
 * uses it; any other may close it, even before it is started: then it starts no more.
 */
public final class Spawned implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final String command;
    private final URI ready;
    private final ApiClient probe;
    private final Path log;

    @GuardedBy("this")
    private @Nullable Process process;

    @GuardedBy("this")
    private boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param ready answers 200 when it is ready
     * @param trust if that is https
     * @param log what it prints is appended there
     */
    public Spawned(String command, URI ready, Trust trust, Path log) {
        this.command = command;
        this.ready = ready;
        this.probe = new ApiClient(ready, null, Duration.ofSeconds(15), trust);
        this.log = log;
    }

    /**
     * Starts it, or starts it again, and waits until it is ready.
     *
     * @param environment more variables for it
     * @throws IOException if it ends or is not ready within three minutes
     */
    public void start(Map<String, String> environment) throws IOException, InterruptedException {
        launch(environment);
        awaitReady();
    }

    private void launch(Map<String, String> environment) throws IOException, InterruptedException {
        if (answers()) {
            throw new IOException("something answers at " + ready
                    + " already, and would be mistaken for the spawned server: stop it first");
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        synchronized (this) {
            if (closed) {
                throw new IOException("the suite is ending");
            }
            process = builder.start();
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            return probe.get("").status() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        String last = "nothing";
        while (System.nanoTime() < end) {
            Process running = running();
            if (!running.isAlive()) {
                throw new IOException("the spawned server ended with " + running.exitValue() + "; see " + log);
            }
            try {
                int status = probe.get("").status();
                if (status == 200) {
                    return;
                }
                last = String.valueOf(status);
            } catch (IOException e) {
                last = e.toString();
            }
            Thread.sleep(100);
        }
        throw new IOException(
                ready + " did not answer 200 within " + START.toSeconds() + " s, but " + last + "; see " + log);
    }

    private synchronized Process running() {
        if (process == null) {
            throw new IllegalStateException("the server was not started");
        }
        return process;
    }

    /** SIGKILL to the process and all that it has started. */
    void kill() throws InterruptedException {
        Process running = running();
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        running.waitFor(10, TimeUnit.SECONDS);
        for (ProcessHandle handle : all) {
            for (int i = 0; i < 500 && handle.isAlive(); i++) {
                Thread.sleep(10);
            }
        }
    }

    /** The process and all that it has started. */
    List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(running().toHandle()), running().descendants())
                .toList();
    }

    /** Sends a signal to the process and all that it has started. @param signal such as {@code STOP} */
    void signal(String signal) throws IOException, InterruptedException {
        for (ProcessHandle handle : processes()) {
            int exit = new ProcessBuilder("kill", "-" + signal, String.valueOf(handle.pid()))
                    .start()
                    .waitFor();
            if (exit != 0 && handle.isAlive()) {
                throw new IOException("kill -" + signal + " " + handle.pid() + " ended with " + exit);
            }
        }
    }

    /** All that it has printed, since it was first started. */
    String log() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        boolean started;
        synchronized (this) {
            closed = true;
            started = process != null;
        }
        if (started) {
            try {
                kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
