Console.WriteLine("shonin");
