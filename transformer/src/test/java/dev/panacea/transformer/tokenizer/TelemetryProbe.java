package dev.panacea.transformer.tokenizer;

import ai.djl.util.Ec2Utils;
import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs in a process of its own; its exit status is how many connections were asked for; none is made. */
final class TelemetryProbe {
    static final String TOKENIZER = "tokenizer";
    static final String CONTROL = "control";

    private TelemetryProbe() { }

    /** Stands in for every http and https URL of the process: counts, and refuses to connect. */
    private static final class Refusal extends URLStreamHandler {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            asked.incrementAndGet();
            throw new IOException("no connection from this process");
        }

        @Override
        protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
            return openConnection(url);
        }
    }

    /** {@code control}: what the library does when nobody stops it; {@code tokenizer FILE}: encode a text with ours. */
    public static void main(String[] arguments) {
        Refusal refusal = new Refusal();
        URL.setURLStreamHandlerFactory(protocol -> protocol.startsWith("http") ? refusal : null);
        if (arguments[0].equals(CONTROL)) {
            Ec2Utils.callHome("Huggingface");
        } else {
            try (Tokenizer tokenizer = Tokenizer.load(Path.of(arguments[1]))) {
                tokenizer.encode("some text", true);
            }
            Ec2Utils.callHome("Huggingface"); // what another user of the library in this process would trigger
        }
        System.exit(refusal.asked.get());
    }
}
