using static Shonin.Iso8583.FieldKind;
using static Shonin.Iso8583.LengthForm;

namespace Shonin.Iso8583;

/// <summary>The fields as data. A format of one's own starts from one of these tables, or from none.</summary>
public static class FieldTables
{
    /// <summary>ISO 8583:1987, section 4.4: fields 2 to 128. Where practice is wider than the standard, a comment says so.</summary>
    public static IReadOnlyList<FieldSpec> Iso1987 { get; } =
    [
        new(2, "primary account number", Numeric, Ll, 19),
        new(3, "processing code", Numeric, Fixed, 6),
        new(4, "amount, transaction", Numeric, Fixed, 12),
        new(5, "amount, settlement", Numeric, Fixed, 12),
        new(6, "amount, cardholder billing", Numeric, Fixed, 12),
        new(7, "transmission date and time", Numeric, Fixed, 10),
        new(8, "amount, cardholder billing fee", Numeric, Fixed, 8),
        new(9, "conversion rate, settlement", Numeric, Fixed, 8),
        new(10, "conversion rate, cardholder billing", Numeric, Fixed, 8),
        new(11, "systems trace audit number", Numeric, Fixed, 6),
        new(12, "time, local transaction", Numeric, Fixed, 6),
        new(13, "date, local transaction", Numeric, Fixed, 4),
        new(14, "date, expiration", Numeric, Fixed, 4),
        new(15, "date, settlement", Numeric, Fixed, 4),
        new(16, "date, conversion", Numeric, Fixed, 4),
        new(17, "date, capture", Numeric, Fixed, 4),
        new(18, "merchant type", Numeric, Fixed, 4),
        new(19, "acquiring institution country code", Numeric, Fixed, 3),
        new(20, "primary account number extended, country code", Numeric, Fixed, 3),
        new(21, "forwarding institution country code", Numeric, Fixed, 3),
        new(22, "point of service entry mode", Numeric, Fixed, 3),
        new(23, "card sequence number", Numeric, Fixed, 3),
        new(24, "network international identifier", Numeric, Fixed, 3),
        new(25, "point of service condition code", Numeric, Fixed, 2),
        new(26, "point of service PIN capture code", Numeric, Fixed, 2),
        new(27, "authorization identification response length", Numeric, Fixed, 1),
        new(28, "amount, transaction fee", SignedNumeric, Fixed, 9),
        new(29, "amount, settlement fee", SignedNumeric, Fixed, 9),
        new(30, "amount, transaction processing fee", SignedNumeric, Fixed, 9),
        new(31, "amount, settlement processing fee", SignedNumeric, Fixed, 9),
        new(32, "acquiring institution identification code", Numeric, Ll, 11),
        new(33, "forwarding institution identification code", Numeric, Ll, 11),
        new(34, "primary account number, extended", Text, Ll, 28), // ns..28: digits and special characters.
        new(35, "track 2 data", Track, Ll, 37),
        new(36, "track 3 data", Track, Lll, 104),
        new(37, "retrieval reference number", Alphanumeric, Fixed, 12),
        new(38, "authorization identification response", Alphanumeric, Fixed, 6),
        new(39, "response code", Alphanumeric, Fixed, 2),
        new(40, "service restriction code", Alphanumeric, Fixed, 3),
        new(41, "card acceptor terminal identification", Text, Fixed, 8),
        new(42, "card acceptor identification code", Text, Fixed, 15),
        new(43, "card acceptor name and location", Text, Fixed, 40),
        new(44, "additional response data", Text, Ll, 25), // an..25 in the standard; networks put signs there.
        new(45, "track 1 data", Text, Ll, 76), // an..76 in the standard, though track 1 has ^ and / in it.
        new(46, "additional data, ISO", Text, Lll, 999),
        new(47, "additional data, national", Text, Lll, 999),
        new(48, "additional data, private", Text, Lll, 999), // an..999 in the standard.
        new(49, "currency code, transaction", Numeric, Fixed, 3), // a3 or n3; n3 as all networks do.
        new(50, "currency code, settlement", Numeric, Fixed, 3),
        new(51, "currency code, cardholder billing", Numeric, Fixed, 3),
        new(52, "personal identification number data", Binary, Fixed, 8),
        new(53, "security related control information", Numeric, Fixed, 16),
        new(54, "additional amounts", Alphanumeric, Lll, 120),
        new(55, "reserved, ISO (chip data)", Text, Lll, 999),
        new(56, "reserved, ISO", Text, Lll, 999),
        new(57, "reserved, national", Text, Lll, 999),
        new(58, "reserved, national", Text, Lll, 999),
        new(59, "reserved, national", Text, Lll, 999),
        new(60, "reserved, private", Text, Lll, 999),
        new(61, "reserved, private", Text, Lll, 999),
        new(62, "reserved, private", Text, Lll, 999),
        new(63, "reserved, private", Text, Lll, 999),
        new(64, "message authentication code", Binary, Fixed, 8),
        new(65, "bitmap, extended", Binary, Fixed, 1),
        new(66, "settlement code", Numeric, Fixed, 1),
        new(67, "extended payment code", Numeric, Fixed, 2),
        new(68, "receiving institution country code", Numeric, Fixed, 3),
        new(69, "settlement institution country code", Numeric, Fixed, 3),
        new(70, "network management information code", Numeric, Fixed, 3),
        new(71, "message number", Numeric, Fixed, 4),
        new(72, "message number, last", Numeric, Fixed, 4),
        new(73, "date, action", Numeric, Fixed, 6),
        new(74, "credits, number", Numeric, Fixed, 10),
        new(75, "credits, reversal number", Numeric, Fixed, 10),
        new(76, "debits, number", Numeric, Fixed, 10),
        new(77, "debits, reversal number", Numeric, Fixed, 10),
        new(78, "transfers, number", Numeric, Fixed, 10),
        new(79, "transfers, reversal number", Numeric, Fixed, 10),
        new(80, "inquiries, number", Numeric, Fixed, 10),
        new(81, "authorizations, number", Numeric, Fixed, 10),
        new(82, "credits, processing fee amount", Numeric, Fixed, 12),
        new(83, "credits, transaction fee amount", Numeric, Fixed, 12),
        new(84, "debits, processing fee amount", Numeric, Fixed, 12),
        new(85, "debits, transaction fee amount", Numeric, Fixed, 12),
        new(86, "credits, amount", Numeric, Fixed, 16),
        new(87, "credits, reversal amount", Numeric, Fixed, 16),
        new(88, "debits, amount", Numeric, Fixed, 16),
        new(89, "debits, reversal amount", Numeric, Fixed, 16),
        new(90, "original data elements", Numeric, Fixed, 42),
        new(91, "file update code", Alphanumeric, Fixed, 1),
        new(92, "file security code", Alphanumeric, Fixed, 2),
        new(93, "response indicator", Alphanumeric, Fixed, 5),
        new(94, "service indicator", Alphanumeric, Fixed, 7),
        new(95, "replacement amounts", Alphanumeric, Fixed, 42),
        new(96, "message security code", Binary, Fixed, 8),
        new(97, "amount, net settlement", SignedNumeric, Fixed, 17),
        new(98, "payee", Text, Fixed, 25),
        new(99, "settlement institution identification code", Numeric, Ll, 11),
        new(100, "receiving institution identification code", Numeric, Ll, 11),
        new(101, "file name", Text, Ll, 17),
        new(102, "account identification 1", Text, Ll, 28),
        new(103, "account identification 2", Text, Ll, 28),
        new(104, "transaction description", Text, Lll, 100),
        .. Reserved(105, 111, "reserved, ISO"),
        .. Reserved(112, 119, "reserved, national"),
        .. Reserved(120, 127, "reserved, private"),
        new(128, "message authentication code", Binary, Fixed, 8),
    ];

    /// <summary>
    /// The card network profile: the standard's table, with what the profile lays down for the fields that the standard leaves to private
    /// use.
    /// </summary>
    public static IReadOnlyList<FieldSpec> Profile { get; } =
        With(
            Iso1987,
            new(44, "additional response data (the network's own code)", Text, Ll, 25),
            new(48, "additional data (elements)", Text, Lll, 999),
            new(62, "merchant's order number", Text, Lll, 27),
            new(63, "network's transaction id", Text, Lll, 50)
        );

    /// <summary>A table with some of its fields defined otherwise, or added.</summary>
    public static IReadOnlyList<FieldSpec> With(IEnumerable<FieldSpec> table, params ReadOnlySpan<FieldSpec> changes)
    {
        var fields = new SortedDictionary<int, FieldSpec>();
        foreach (var spec in table)
            fields[spec.Number] = spec;
        foreach (var spec in changes)
            fields[spec.Number] = spec;
        return [.. fields.Values];
    }

    private static IEnumerable<FieldSpec> Reserved(int first, int last, string name) =>
        Enumerable.Range(first, last - first + 1).Select(number => new FieldSpec(number, name, Text, Lll, 999));
}
