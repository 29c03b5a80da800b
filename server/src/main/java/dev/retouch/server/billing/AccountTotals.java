package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sums of ledger accounts by owner and account name, in arbitrary precision so that damaged rows cannot overflow them.
 */
final class AccountTotals {

    private record Account(String owner, String name) {}

    private final Map<Account, BigInteger> sums = new HashMap<>();

    void add(String owner, String account, long amount) {
        sums.merge(new Account(owner, account), BigInteger.valueOf(amount), BigInteger::add);
    }

    BigInteger of(String owner, String account) {
        return sums.getOrDefault(new Account(owner, account), BigInteger.ZERO);
    }

    Set<String> owners() {
        return sums.keySet().stream().map(Account::owner).collect(Collectors.toSet());
    }

    /** Formats a sum in currency units as a plain decimal. */
    static String text(BigInteger sum) {
        return new BigDecimal(sum, 9).stripTrailingZeros().toPlainString();
    }
}
