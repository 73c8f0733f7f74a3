using System.Globalization;
using System.Text;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>datetime.strftime in the C locale, of a local time without a time zone.</summary>
internal static class Strftime
{
    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    public static string Format(string format, DateTime now)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            i++;
            bool unpadded = format[i] == '-' && i + 1 < format.Length;
            if (unpadded)
                i++;
            string field = Field(format[i], now);
            text.Append(!unpadded ? field : field.TrimStart('0', ' ') is { Length: > 0 } digits ? digits : field.Length > 0 ? "0" : "");
        }
        return text.ToString();
    }

    private static string Field(char code, DateTime now)
    {
        FormattableString? number = code switch
        {
            'd' => $"{now.Day:00}",
            'e' => $"{now.Day,2}",
            'm' => $"{now.Month:00}",
            'y' => $"{now.Year % 100:00}",
            'C' => $"{now.Year / 100:00}",
            'Y' or 'G' => $"{(code == 'Y' ? now.Year : ISOWeek.GetYear(now))}",
            'g' => $"{ISOWeek.GetYear(now) % 100:00}",
            'H' => $"{now.Hour:00}",
            'k' => $"{now.Hour,2}",
            'I' => $"{(now.Hour + 11) % 12 + 1:00}",
            'l' => $"{(now.Hour + 11) % 12 + 1,2}",
            'M' => $"{now.Minute:00}",
            'S' => $"{now.Second:00}",
            'f' => $"{now.Ticks % TimeSpan.TicksPerSecond / 10:000000}",
            'j' => $"{now.DayOfYear:000}",
            'w' => $"{(int)now.DayOfWeek}",
            'u' => $"{((int)now.DayOfWeek + 6) % 7 + 1}",
            'U' => $"{(now.DayOfYear + 6 - (int)now.DayOfWeek) / 7:00}",
            'W' => $"{(now.DayOfYear + 6 - ((int)now.DayOfWeek + 6) % 7) / 7:00}",
            'V' => $"{ISOWeek.GetWeekOfYear(now):00}",
            's' => $"{new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeSeconds()}",
            _ => null,
        };
        return number?.ToString(CultureInfo.InvariantCulture) ?? code switch
        {
            'a' => Names.GetAbbreviatedDayName(now.DayOfWeek),
            'A' => Names.GetDayName(now.DayOfWeek),
            'b' or 'h' => Names.GetAbbreviatedMonthName(now.Month),
            'B' => Names.GetMonthName(now.Month),
            'p' => now.Hour < 12 ? "AM" : "PM",
            'P' => now.Hour < 12 ? "am" : "pm",
            'c' => Format("%a %b %e %H:%M:%S %Y", now),
            'D' or 'x' => Format("%m/%d/%y", now),
            'F' => Format("%Y-%m-%d", now),
            'T' or 'X' => Format("%H:%M:%S", now),
            'R' => Format("%H:%M", now),
            'r' => Format("%I:%M:%S %p", now),
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            'z' or 'Z' => "",                                              // the time has no zone
            _ => $"%{code}",
        };
    }
}
