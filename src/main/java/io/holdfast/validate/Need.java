package io.holdfast.validate;

/** What a scenario cannot do without. */
public enum Need {
    API_KEY("an API key: --api-key-file or HOLDFAST_API_KEY"),
    TOKEN_SECRET("the secret of the tokens: HOLDFAST_TOKEN_HMAC_SECRET"),
    INSECURE("a gateway in insecure mode"),
    HEALTH("the address of health and metrics: --health-url"),
    CHAOS("--chaos"),
    SPAWN("a server that was started by the suite: --spawn-command"),
    LOG("the server's log: --log-file, or --spawn-command");

    private final String words;

    Need(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
