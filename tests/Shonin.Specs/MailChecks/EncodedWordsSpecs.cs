using System.Text;
using CsCheck;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

/// <summary>RFC 2047, sections 2, 4, 5 and 8, and what Japanese mail makes of it.</summary>
public sealed class EncodedWordsSpecs
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=?ISO-8859-1?Q?a?=", "a")]
    [InlineData("=?ISO-8859-1?Q?a?= b", "a b")]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a?=  \r\n =?ISO-8859-1?Q?b?=", "ab")]
    [InlineData("=?ISO-8859-1?Q?a_b?=", "a b")]
    [InlineData("=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore")]
    [InlineData("=?utf-8?B?44GU5rOo5g==?= =?utf-8?B?loc=?=", "ご注文")]
    [InlineData("=?utf-8?B?44GU5rOo5paH?=の確認", "ご注文の確認")]
    [InlineData("=?iso-2022-jp?B?GyRCJDRDbUo4GyhC?=", "ご注文")]
    [InlineData("=?shift_jis?Q?=82=B2=92=8D=95=B6?=", "ご注文")]
    [InlineData("=?shift_jis?B?yq/Bsw==?=", "ﾊｯﾁｳ")]
    [InlineData("=?nobody?Q?=E3=81=94?=", "ご")]
    [InlineData("=?utf-8?X?abc?= d", "=?utf-8?X?abc?= d")]
    [InlineData("=?utf-8?B?abc", "=?utf-8?B?abc")]
    [InlineData("1 =? 2 ?= 3", "1 =? 2 ?= 3")]
    public void A_text_reads_as_mail_programs_show_it(string raw, string read) =>
        Assert.Equal(read, EncodedWords.Decode(Encoding.UTF8.GetBytes(raw)));

    [Fact]
    public void Any_bytes_give_a_text() => Gen.Byte.Array[0, 200].Sample(bytes => EncodedWords.Decode(bytes) is not null, iter: 2_000);
}
