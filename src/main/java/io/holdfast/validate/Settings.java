package io.holdfast.validate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the suite is to do.
 *
 * @param formats each scenario is run in each of them
 * @param seed of every choice that scenarios make
 * @param only names of scenarios or groups; empty for all
 * @param shortForm leaves out the scenarios that take long
 * @param chaos whether faults may be made
 * @param patience how long something may take that comes at once where all is well
 * @param idle how long a connection must stay open without a message, through the proxy before the gateway
 * @param latencyLimit most that the slowest but one in a hundred messages may take
 * @param logFile the server's log, if it can be read here
 */
public record Settings(
        List<Format> formats,
        long seed,
        Set<String> only,
        boolean shortForm,
        boolean chaos,
        Duration patience,
        Duration idle,
        Duration latencyLimit,
        @Nullable Path logFile) {}
