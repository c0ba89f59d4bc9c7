package tayyar.api;

import java.nio.file.Path;

/**
 * The files of a certificate that a listener shows, both as PEM.
 *
 * @param certificate the server's own certificate, followed by those that lead to its authority
 * @param key its private key
 */
public record CertificateFiles(Path certificate, Path key) {}
