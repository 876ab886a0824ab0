package io.holdfast.cli;

import io.holdfast.client.Json;
import io.holdfast.stream.postgresql.SchemaScripts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code schema}: the SQL for a database team that runs it itself. */
@Command(
        name = "schema",
        description =
                "Prints the SQL that makes the tables of the engine on PostgreSQL, for an empty schema. Without it, the"
                        + " first start of a gateway makes them.")
final class SchemaCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Screen screen = output.screen();
        String sql = SchemaScripts.all();
        if (screen.isJson()) {
            screen.document(Json.object(document -> document.writeStringField("sql", sql)));
        } else {
            screen.lines(sql.lines().toList());
        }
        return Exit.OK.code();
    }
}
