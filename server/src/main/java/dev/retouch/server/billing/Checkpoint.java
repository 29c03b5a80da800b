package dev.retouch.server.billing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a verification has computed that found the ledger sound.
 *
 * @param id its number
 * @param transactionId the last transaction whose postings are in the balances
 * @param asOf the time of that transaction, in milliseconds since 1970
 * @param editsBefore edits that were created before this time had ended, and were verified
 * @param balances the sums of all postings up to the transaction
 */
record Checkpoint(long id, long transactionId, long asOf, long editsBefore, AccountTotals balances) {

    /** Before the first verification: nothing is verified. */
    static final Checkpoint NONE = new Checkpoint(0, 0, 0, Long.MIN_VALUE, new AccountTotals());

    /** A SHA-256 of all parts, in hexadecimal. */
    String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, id + "\t" + transactionId + "\t" + asOf + "\t" + editsBefore);
            balances.forEach((account, sum) -> add(digest, account.owner() + "\t" + account.name() + "\t" + sum));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(MessageDigest digest, String line) {
        digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
