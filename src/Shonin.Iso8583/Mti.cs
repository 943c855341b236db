namespace Shonin.Iso8583;

/// <summary>The second digit of a message type: what the message is about. ISO 8583:1987 section 4.2.</summary>
public enum MessageClass
{
    /// <summary>No class of the standard.</summary>
    Reserved = 0,

    /// <summary>x1xx: may this be paid?</summary>
    Authorization = 1,

    /// <summary>x2xx: this is paid.</summary>
    Financial = 2,

    /// <summary>x3xx: files are changed.</summary>
    FileUpdate = 3,

    /// <summary>x4xx: an earlier request is undone.</summary>
    Reversal = 4,

    /// <summary>x5xx: totals are compared.</summary>
    Reconciliation = 5,

    /// <summary>x6xx: text and errors.</summary>
    Administrative = 6,

    /// <summary>x7xx: fees.</summary>
    FeeCollection = 7,

    /// <summary>x8xx: sign-on, echo, keys.</summary>
    NetworkManagement = 8,
}

/// <summary>The third digit of a message type: what the receiver is expected to do.</summary>
public enum MessageFunction
{
    /// <summary>Asks and waits.</summary>
    Request = 0,

    /// <summary>Answers a request.</summary>
    RequestAnswer = 1,

    /// <summary>Tells what was decided; must be accepted.</summary>
    Advice = 2,

    /// <summary>Answers an advice.</summary>
    AdviceAnswer = 3,

    /// <summary>Tells, and wants no answer.</summary>
    Notification = 4,

    /// <summary>No function of the standard.</summary>
    Reserved = 5,
}

/// <summary>
/// A message type identifier: four digits, as in 0100. The default value, 0000, is reserved by the standard and stands for "could not be
/// read".
/// </summary>
public readonly record struct Mti
{
    private readonly ushort value;

    private Mti(int value) => this.value = (ushort)value;

    /// <summary>The type with these four digits.</summary>
    /// <exception cref="FormatException">It is anything but four ASCII digits. For bytes from outside use
    ///   <see cref="MessageFormat.Parse(ReadOnlySpan{byte})"/>.</exception>
    public static Mti Parse(string digits)
    {
        ArgumentNullException.ThrowIfNull(digits);
        if (digits.Length != 4 || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            throw new FormatException($"A message type is four digits, as in 0100; got {digits.Length} characters.");
        return new Mti((digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 + (digits[3] - '0'));
    }

    /// <summary>What stands in a message whose type could not be read: 0000.</summary>
    public static Mti Unreadable => default;

    /// <summary>The four digits as a number, 0 to 9999: 0100 is 100.</summary>
    public int Value => value;

    /// <summary>The second digit.</summary>
    public MessageClass Class => value / 100 % 10 is var digit and <= 8 ? (MessageClass)digit : MessageClass.Reserved;

    /// <summary>The third digit.</summary>
    public MessageFunction Function => value / 10 % 10 is var digit and <= 4 ? (MessageFunction)digit : MessageFunction.Reserved;

    /// <summary>Sent again because no answer came: the last digit is odd (0101, 0421), whoever sent it.</summary>
    public bool IsRepeat => value % 2 == 1;

    /// <summary>A request or an advice. Notifications and answers are never answered.</summary>
    public bool ExpectsAnswer => Function is MessageFunction.Request or MessageFunction.Advice;

    /// <summary>Whether it answers a request or an advice.</summary>
    public bool IsAnswer => Function is MessageFunction.RequestAnswer or MessageFunction.AdviceAnswer;

    /// <summary>
    /// The type that answers this one, the same for a message and its repeats: 0100 and 0101 give 0110, 0420 and 0421 give 0430.
    /// </summary>
    /// <exception cref="InvalidOperationException">This type is not answered: see <see cref="ExpectsAnswer"/>.</exception>
    public Mti Answer() =>
        ExpectsAnswer
            ? new Mti(First().value + 10)
            : throw new InvalidOperationException($"{this} is neither a request nor an advice: it has no answer.");

    /// <summary>The type under which the same message is sent again: 0420 gives 0421, and 0421 itself.</summary>
    public Mti Repeat() => IsRepeat ? this : new Mti(value + 1);

    /// <summary>The type under which this message was sent first: 0421 gives 0420, and 0420 itself.</summary>
    public Mti First() => IsRepeat ? new Mti(value - 1) : this;

    /// <summary>The four digits.</summary>
    public override string ToString() => value.ToString("0000", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Four values from 0 to 9, already checked by the reader.</summary>
    internal static Mti Of(int thousands, int hundreds, int tens, int ones) => new(thousands * 1000 + hundreds * 100 + tens * 10 + ones);
}
