using Shonin.EventLog.Secrets;

namespace Shonin.CardCompany;

/// <summary>Reads the files that the options name. A refusal names the option, the file, what is wrong and what to do.</summary>
internal static class GivenFiles
{
    /// <exception cref="CardCompanyRefusedException">The file cannot be read, or is too large.</exception>
    public static byte[] Read(string option, string file, int sizeBytesMax)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: var length } && length > sizeBytesMax
                ? throw Refused($"{option} {file}: larger than {sizeBytesMax} bytes, the most that is read")
                : File.ReadAllBytes(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Refused($"{option} {file}: cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>The same of a file that only its owner may read.</summary>
    /// <param name="remedy">What to do about a missing file or a wrong one, as a sentence.</param>
    /// <exception cref="CardCompanyRefusedException">It cannot be read, is too large, is open to others, or belongs to another user.</exception>
    public static byte[] ReadSecret(string option, string file, int sizeBytesMax, string remedy)
    {
        try
        {
            return OwnerOnly.ReadSecret(file, sizeBytesMax, remedy);
        }
        catch (Exception unusable) when (unusable is KeyFileException or IOException)
        {
            throw Refused($"{option} {unusable.Message}");
        }
    }

    private static CardCompanyRefusedException Refused(string why) => new(CardCompanyRefusedException.UnreadableInput, why);
}
