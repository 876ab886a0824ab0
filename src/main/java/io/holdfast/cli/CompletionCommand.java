package io.holdfast.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code completion bash|zsh}: a script for the shell. */
@Command(
        name = "completion",
        description = "Prints a script with which bash or zsh completes commands, options and files.",
        footer = {
            "",
            "bash: holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast",
            "zsh:  put into ~/.zshrc: source <(holdfast completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "SHELL", completionCandidates = Shells.class, description = "${COMPLETION-CANDIDATES}")
    private String shell = "";

    static final class Shells extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Shells() {
            super(List.of("bash", "zsh"));
        }
    }

    @Override
    public Integer call() {
        if (!new Shells().contains(shell)) {
            throw Failure.usage("There is no completion for " + shell, "Use bash or zsh.");
        }
        // The script is for both: it asks which of them reads it.
        output.surroundings().out().print(AutoComplete.bash("holdfast", output.root()));
        return Exit.OK.code();
    }
}
