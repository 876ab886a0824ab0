package io.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's key, with a certificate of its own that nobody knows. */
public final class TlsKeys {
    private static final String ALIAS = "tls";

    /** Of the key store. */
    public static final String PASSWORD = "changeit";

    private final Path keys;
    private final Path certificate;
    private final SSLContext context;

    /** @param host whom the certificate is for @param directory for the key and the certificate */
    public TlsKeys(String host, Path directory) {
        keys = directory.resolve(host + ".p12");
        certificate = directory.resolve(host + ".pem");
        try {
            run(
                    "-alias",
                    ALIAS,
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + host,
                    "-ext",
                    "SAN=dns:" + host,
                    "-validity",
                    "2");
            run("-alias", ALIAS, "-exportcert", "-rfc", "-file", certificate.toString());
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(keys)) {
                store.load(in, PASSWORD.toCharArray());
            }
            KeyManagerFactory manager = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            manager.init(store, PASSWORD.toCharArray());
            context = SSLContext.getInstance("TLS");
            context.init(manager.getKeyManagers(), null, null);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void run(String... arguments) throws IOException {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A PKCS12 file with the key, and with the certificates that are trusted. */
    public Path keyStore() {
        return keys;
    }

    /** Trusts somebody else's certificate too. */
    public void trust(TlsKeys other) {
        try {
            run("-importcert", "-noprompt", "-alias", "other", "-file", other.certificate.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** In PEM. */
    public Path certificate() {
        return certificate;
    }

    public SSLContext context() {
        return context;
    }
}
