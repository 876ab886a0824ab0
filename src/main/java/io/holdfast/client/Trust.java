package io.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whose certificates are taken for a server's: those that Java trusts, or those that a file names and no others. */
public final class Trust {
    private static final int PATIENCE_MILLIS = 5_000;

    /** Null for what this Java trusts: reading that takes a while, and is for nothing where all is http. */
    private final @Nullable SSLContext context;

    private Trust(@Nullable SSLContext context) {
        this.context = context;
    }

    /** Trusts what this Java trusts: its own authorities, or those that its system properties name. */
    public static Trust ofJava() {
        return new Trust(null);
    }

    /**
     * Trusts the certificates of a file and no others.
     *
     * @param file certificates in PEM, of the authorities or of the server itself
     * @throws IOException if there are none in it; its message says so
     */
    public static Trust of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IOException("has no certificate in it");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new Trust(context);
        } catch (GeneralSecurityException e) {
            throw new IOException("has no certificates in PEM (-----BEGIN CERTIFICATE-----)", e);
        }
    }

    /** For clients that make their connections themselves; they must check the name of the host. */
    public SSLContext context() {
        try {
            return context != null ? context : SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM's own trust store cannot be read", e);
        }
    }

    /** For a client that makes no connection with TLS, but wants a context all the same: it trusts nobody. */
    static SSLContext nobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /** TLS over a connection, shaken hands: a certificate for another host is an error, which plain sockets ignore. */
    public SSLSocket secured(Socket plain, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Connects, and shakes hands where it is https. */
    public Socket socket(URI server) throws IOException {
        boolean secure = "https".equals(server.getScheme());
        int port = ServerUrl.port(server);
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(server.getHost(), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return secure ? secured(socket, server.getHost(), port) : socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Connects, and shakes hands where it is https. @return empty if that is well, else why it is not */
    public String obstacle(URI server) {
        try (Socket socket = socket(server)) {
            return "";
        } catch (IOException e) {
            String tls = refusal(e);
            return tls.isEmpty() ? "no connection: " + e.getMessage() : tls;
        }
    }

    /** What is wrong with TLS, a colon (the only one), and what to do; empty if that is not what failed. */
    public static String refusal(@Nullable Throwable thrown) {
        boolean tls = false;
        String all = "";
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            tls |= cause instanceof SSLException;
            all += cause.getMessage() == null ? "" : cause.getMessage() + " ";
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return "its certificate has expired: renew it, or correct the clock of this machine";
            }
        }
        if (!tls) {
            return "";
        }
        if (all.contains("certification path") || all.contains("PKIX") || all.contains("trustAnchors")) {
            return "its certificate is not trusted: give the certificate of its authority with --ca-file";
        }
        if (all.contains("No name matching") || all.contains("No subject alternative")) {
            return "its certificate is for another host: use a name that is in it";
        }
        return "TLS fails (" + all.strip().replace(": ", ", ") + "): is https served there?";
    }
}
