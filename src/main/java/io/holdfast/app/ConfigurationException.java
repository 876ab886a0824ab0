package io.holdfast.app;

/** A configured value that stops the start. */
final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConfigurationException(String key, String value, String allowed) {
        super("Configuration key " + key + " has the value '" + value + "'; allowed is " + allowed
                + ". Set it in server.xml as <variable name=\"" + key + "\" value=\"…\"/> or in the environment.");
    }
}
