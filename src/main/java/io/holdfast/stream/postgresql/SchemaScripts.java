package io.holdfast.stream.postgresql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The SQL of the schema, one script for each version. The command line carries this class without the engine. */
public final class SchemaScripts {
    private static final List<String> SCRIPTS = List.of("V1__streams.sql");

    /** The version that the last script makes. */
    static final int VERSION = SCRIPTS.size();

    private SchemaScripts() {}

    /** All scripts, for a database team that runs them itself. They expect an empty schema. */
    public static String all() {
        return after(0);
    }

    /** What is missing in a schema of an earlier version. */
    static String after(int version) {
        return SCRIPTS.stream().skip(version).map(SchemaScripts::read).collect(Collectors.joining("\n"));
    }

    private static String read(String script) {
        try (InputStream stream = Objects.requireNonNull(SchemaScripts.class.getResourceAsStream(script), script)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
