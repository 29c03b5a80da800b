package dev.retouch.server.billing;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Sums of ledger accounts by owner and account name, in arbitrary precision so that damaged rows cannot overflow them.
 */
final class AccountTotals {

    /** An account of an owner, ordered by owner. */
    record Account(String owner, String name) implements Comparable<Account> {

        @Override
        public int compareTo(Account other) {
            int byOwner = owner.compareTo(other.owner);
            return byOwner == 0 ? name.compareTo(other.name) : byOwner;
        }
    }

    private final Map<Account, BigInteger> sums = new HashMap<>();

    void add(String owner, String account, long amount) {
        add(new Account(owner, account), BigInteger.valueOf(amount));
    }

    void add(Account account, BigInteger amount) {
        sums.merge(account, amount, BigInteger::add);
    }

    void add(AccountTotals others) {
        others.sums.forEach(this::add);
    }

    AccountTotals copy() {
        AccountTotals copy = new AccountTotals();
        copy.add(this);
        return copy;
    }

    BigInteger of(String owner, String account) {
        return sums.getOrDefault(new Account(owner, account), BigInteger.ZERO);
    }

    Set<String> owners() {
        return sums.keySet().stream().map(Account::owner).collect(Collectors.toSet());
    }

    /** Passes on each account with its sum, in the order of accounts. */
    void forEach(BiConsumer<Account, BigInteger> receiver) {
        new TreeMap<>(sums).forEach(receiver);
    }

    /** The accounts whose sums differ from those of others, in order. */
    Set<Account> differences(AccountTotals others) {
        Map<Account, BigInteger> differing = new TreeMap<>(sums);
        others.sums.forEach((account, sum) -> differing.merge(account, sum.negate(), BigInteger::add));
        differing.values().removeIf(sum -> sum.signum() == 0);
        return differing.keySet();
    }

    /** Formats a sum in currency units as a plain decimal. */
    static String text(BigInteger sum) {
        return new BigDecimal(sum, 9).stripTrailingZeros().toPlainString();
    }
}
