using System.Text;
using CsCheck;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class SavedMailSpecs
{
    private const string Message = "From: a@shop.example.jp\r\nSubject: x\r\n\r\nbody\r\n";

    public static TheoryData<string, byte[], Type> WhatPeopleBring =>
        new()
        {
            { "an original", Bytes(Message), typeof(SavedMail.Original) },
            { "nothing", [], typeof(SavedMail.Nothing) },
            { "blanks", Bytes(" \r\n\t\n"), typeof(SavedMail.Nothing) },
            { "an Outlook file", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], typeof(SavedMail.OutlookItem) },
            { "a winmail.dat", [0x78, 0x9F, 0x3E, 0x22, 1, 0], typeof(SavedMail.OutlookItem) },
            { "a phone's copy", Bytes("BEGIN:VMSG\r\nVERSION:1.1\r\n"), typeof(SavedMail.PhoneCopy) },
            { "a 7z", [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], typeof(SavedMail.Archive) },
            { "a gzip", [0x1F, 0x8B, 0x08, 0], typeof(SavedMail.Archive) },
            { "a PNG", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], typeof(SavedMail.Picture) },
            { "a JPEG", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0], typeof(SavedMail.Picture) },
            { "an iPhone's photo", [0, 0, 0, 24, .. Bytes("ftypheic\0\0\0\0")], typeof(SavedMail.Picture) },
            { "a WebP", Bytes("RIFF\0\0\0\0WEBPVP8 "), typeof(SavedMail.Picture) },
            { "a PDF", Bytes("%PDF-1.7\n"), typeof(SavedMail.Printed) },
            { "a page", Bytes("\r\n<!DOCTYPE HTML><html>"), typeof(SavedMail.Printed) },
            { "a page without its type", Bytes("<HTML lang=ja>"), typeof(SavedMail.Printed) },
            { "a ZIP", [(byte)'P', (byte)'K', 3, 4, 0, 0], typeof(SavedMail.Archive) },
        };

    [Theory, MemberData(nameof(WhatPeopleBring))]
    public void What_a_person_brings_is_known_by_its_first_bytes(string what, byte[] bytes, Type expected) =>
        Assert.True(SavedMail.Of(bytes).GetType() == expected, $"{what} was taken for {SavedMail.Of(bytes).GetType().Name}");

    [Theory]
    [InlineData("\r\n \r\n" + Message)]
    [InlineData("\r\n\n\r\n" + Message)]
    [InlineData("\uFEFF" + Message)]
    [InlineData("\uFEFF\n" + Message)]
    public void What_a_paste_adds_before_the_header_is_taken_off(string text) => Assert.Equal(Message, Read(Bytes(text)));

    [Theory]
    [InlineData("\r\r\n", "\r\r\n")]
    [InlineData("\r\n\r\r\n", "\r\r\n")]
    [InlineData("\n\r", "\r")]
    public void What_is_an_empty_line_to_some_programs_only_stays(string before, string kept) =>
        Assert.Equal(kept + Message, Read(Bytes(before + Message)));

    [Fact]
    public void Apple_Mails_file_is_opened() =>
        Assert.Equal(Message, Read(Bytes($"{Message.Length}        \n{Message}<?xml version=\"1.0\"?><plist></plist>")));

    [Fact]
    public void A_number_that_is_no_length_stays_where_it_is() => Assert.Equal($"999999\n{Message}", Read(Bytes($"999999\n{Message}")));

    [Fact]
    public void A_text_that_was_saved_as_Unicode_is_read()
    {
        Assert.Equal(Message, Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Message)]));
        Assert.Equal(Message, Read([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Message)]));
        Assert.Equal(Message, Read(Encoding.Unicode.GetBytes(Message)));
        Assert.Equal(Message, Read(Encoding.BigEndianUnicode.GetBytes(Message)));
    }

    [Fact]
    public void Any_bytes_are_looked_at_without_a_fault() => Gen.Byte.Array[0, 100].Sample(bytes => _ = SavedMail.Of(bytes));

    private static string Read(byte[] bytes) => Encoding.UTF8.GetString(Assert.IsType<SavedMail.Original>(SavedMail.Of(bytes)).Bytes.Span);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
