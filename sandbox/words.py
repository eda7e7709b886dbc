"""The words that invented titles, people and descriptions are made of."""

from typing import NamedTuple


class Language(NamedTuple):
    """A language as the catalogue names it; `number` is the service's own id."""

    number: int
    name: str
    iso3: str
    shown: str


LANGUAGES = (
    Language(1, "Hindi", "hin", "हिन्दी"),
    Language(2, "Tamil", "tam", "தமிழ்"),
    Language(3, "English", "eng", "English"),
    Language(4, "Marathi", "mar", "मराठी"),
    Language(5, "Malayalam", "mal", "മലയാളം"),
    Language(6, "Telugu", "tel", "తెలుగు"),
    Language(7, "Bengali", "ben", "বাংলা"),
    Language(8, "Kannada", "kan", "ಕನ್ನಡ"),
    Language(971, "French (Parisian)", "fra-FR", "French (Parisian)"),
    Language(982, "Spanish Castilian (European)", "spa-ES", "Spanish Castilian (European)"),
    Language(973, "German", "deu", "German"),
    Language(983, "Portuguese (European)", "por-PT", "Portuguese (European)"),
    Language(975, "Japanese", "jpn", "日本語"),
    Language(976, "Korean", "kor", "한국어"),
    Language(968, "Arabic (Modern Standard)", "arb", "Arabic (Modern Standard)"),
)

GENRES = (
    "Drama", "Comedy", "Action", "Romance", "Reality", "Thriller", "Family", "Animation", "Documentary", "Sport",
    "Horror", "Animals & Nature", "Kids", "Crime", "Mythology", "Superhero", "Adventure", "Standup Comedy", "Teen",
    "Historical", "Science Fiction", "Biopic", "Mystery", "Musical", "Fantasy", "Travel", "Shorts", "Docudrama",
)  # fmt: skip

OPENINGS = (
    "The Last", "A Quiet", "Midnight", "Monsoon", "The Silent", "Golden", "Broken", "Beyond the", "Return to",
    "Crimson", "Once Upon a", "Paper", "The Hidden", "Northern", "Summer of", "Letters from", "Children of",
    "The Longest", "Salt and", "Electric", "Wild", "The Other", "Second", "Hotel", "Operation", "Captain", "Doctor",
    "My Father's", "Seven", "Zero", "Café", "L'Été du", "Señor", "Über", "The Great", "Lost in the",
    "Shadows of the", "Goodbye,", "Dancing with", "House of",
)  # fmt: skip
CLOSINGS = (
    "River", "Season", "Train", "Kingdom", "Letter", "Garden", "Express", "Wedding", "Station", "Harbour",
    "Promise", "Tiger", "Monsoon", "Highway", "Orchestra", "Mirror", "Lighthouse", "Winter", "Journey", "Island",
    "Carnival", "Verdict", "Bazaar", "Neighbour", "Horizon", "Tea Shop", "Railway", "Parade", "Symphony",
    "Detective", "Cricketer", "Astronaut", "Storm", "Melody", "Secret", "Bicycle", "Postman", "Palace", "Lullaby",
    "Fireflies",
)  # fmt: skip

NATIVE = {
    1: (
        ("मेरा", "दिल", "आखिरी", "पहला", "सुनहरा", "अनजान", "बरसात", "चाँद"),
        ("सफर", "वादा", "घर", "सपना", "रास्ता", "गाँव", "दोस्त", "रात"),
    ),
    2: (("என்", "முதல்", "வெள்ளை", "சிறிய", "மழை", "நிலா"), ("காதல்", "பயணம்", "வீடு", "நதி", "பூக்கள்", "கனவு")),
    4: (("माझा", "शेवटचा", "वेडा", "सोनेरी"), ("प्रवास", "संसार", "गाव", "पाऊस")),
    5: (("എന്റെ", "ആദ്യ", "നീല", "മഴ"), ("യാത്ര", "വീട്", "പുഴ", "സ്വപ്നം")),
    6: (("నా", "చివరి", "తొలి", "వెన్నెల"), ("ప్రయాణం", "ఇల్లు", "నది", "కల")),
    7: (("আমার", "শেষ", "প্রথম", "সোনার"), ("বাড়ি", "নদী", "স্বপ্ন", "চিঠি")),
    8: (("ನನ್ನ", "ಕೊನೆಯ", "ಮೊದಲ", "ಬೆಳ್ಳಿ"), ("ಮನೆ", "ಕನಸು", "ದಾರಿ", "ಮಳೆ")),
    975: (("夏の", "最後の", "東京", "君の"), ("約束", "手紙", "物語", "列車")),
    976: (("여름", "마지막", "비밀", "서울"), ("약속", "편지", "이야기", "여행")),
    968: (("آخر", "ليلة", "مدينة", "قصة"), ("الصيف", "القمر", "الريح", "الحلم")),
}
"""Two halves of a title by language number, in the language's own script."""

LATIN = {
    1: (
        ("Mera", "Dil", "Aakhri", "Pehla", "Sunehra", "Anjaan", "Barsaat", "Chand"),
        ("Safar", "Vaada", "Ghar", "Sapna", "Raasta", "Gaon", "Dost", "Raat"),
    ),
    2: (
        ("En", "Mudhal", "Vellai", "Siriya", "Mazhai", "Nila"),
        ("Kadhal", "Payanam", "Veedu", "Nadhi", "Pookkal", "Kanavu"),
    ),
    4: (("Majha", "Shevatcha", "Veda", "Soneri"), ("Pravas", "Sansar", "Gaav", "Paus")),
    5: (("Ente", "Aadya", "Neela", "Mazha"), ("Yathra", "Veedu", "Puzha", "Swapnam")),
    6: (("Naa", "Chivari", "Tholi", "Vennela"), ("Prayanam", "Illu", "Nadi", "Kala")),
    7: (("Aamar", "Shesh", "Prothom", "Sonar"), ("Bari", "Nodi", "Swapno", "Chithi")),
    8: (("Nanna", "Koneya", "Modala", "Belli"), ("Mane", "Kanasu", "Daari", "Male")),
    975: (("Natsu no", "Saigo no", "Tokyo", "Kimi no"), ("Yakusoku", "Tegami", "Monogatari", "Ressha")),
    976: (("Yeoreum", "Majimak", "Bimil", "Seoul"), ("Yaksok", "Pyeonji", "Iyagi", "Yeohaeng")),
    968: (("Akhir", "Laylat", "Madinat", "Qissat"), ("al-Sayf", "al-Qamar", "al-Rih", "al-Hulm")),
}
"""The same halves in Latin letters, word for word in the order of NATIVE."""

GIVEN = (
    "Aarav", "Meera", "Rohan", "Ananya", "Vikram", "Lakshmi", "Imran", "Fatima", "Suresh", "Kavya", "Arjun",
    "Priya", "José", "Amélie", "Hana", "Min-jun", "Oliver", "Grace", "Tomás", "Ingrid", "Nikhil", "Divya", "Farah",
    "Kabir",
)  # fmt: skip
FAMILY = (
    "Sharma", "Iyer", "Menon", "Banerjee", "Kulkarni", "Reddy", "Khan", "Gowda", "Nair", "Das", "Patel", "D'Souza",
    "García", "Dubois", "Tanaka", "Kim", "Bennett", "O'Hara", "Novák", "Lindqvist", "Chatterjee", "Pillai", "Shah",
    "Rao",
)  # fmt: skip

EVENTS = (
    "returns to the village where it all began", "must choose between duty and love",
    "finds a letter that was never sent", "takes one last case before the rains",
    "learns that the family business hides a secret", "crosses the country by train",
    "falls for a neighbour on the eve of a wedding", "teaches a team of misfits to play",
    "wakes up in somebody else's life", "is drawn into a plot against the city", "tries to save the old cinema",
    "sets out to find a missing brother",
)  # fmt: skip
TURNS = (
    "Nothing goes to plan.", "Old friends turn up uninvited.", "A stranger\u2019s arrival changes everything.",
    "Time is running out…", "The truth lies closer to home than anyone thinks.", "Can trust be won back?",
    "Laughter, tears & songs follow.",
)  # fmt: skip

DEEDS = (
    "Helps", "Confronts", "Forgives", "Warns", "Misses", "Tricks", "Follows", "Proposes to", "Saves", "Meets",
    "Leaves", "Believes", "Questions", "Surprises", "Writes to", "Waits for",
)  # fmt: skip

GAMES = (
    ("CRICKET", "Cricket"), ("FOOTBALL", "Football"), ("KABADDI", "Kabaddi"), ("TENNIS", "Tennis"),
    ("BADMINTON", "Badminton"), ("HOCKEY", "Hockey"), ("FORMULA1", "Formula 1"), ("TABLE TENNIS", "Table Tennis"),
)  # fmt: skip
"""`gameName`, and the genre that goes with it."""
TEAMS = (
    "India", "Australia", "Harbour City", "Monsoon Riders", "Kolkata Tigers", "Chennai Waves", "Delhi Falcons",
    "Northern Stars", "Bengaluru Comets", "Kochi Mariners", "Jaipur Lancers", "Pune Hawks", "Sri Lanka", "England",
    "Goa United", "Mumbai Rovers", "New Zealand", "West Indies", "Real Lisboa", "Athletic Nord",
)  # fmt: skip
TOURNAMENTS = (
    "Premier Trophy", "Champions Shield", "Winter League", "World Series", "Coastal Cup", "National Games",
    "Super Sixes", "Grand Prix", "Under-19 Cup", "Women's League", "Test Championship", "Heritage Trophy",
)  # fmt: skip
MATCH_FORMS = (
    "{one} vs {other}", "{one} vs {other}, {tournament}", "{one} vs {other} - Match {number}",
    "Highlights | {one} vs {other}, {tournament}", "Replay | {one} vs {other} - Day {number}",
    "{one} vs {other}: Test match, Day {number}", "{tournament}: Final", "Test match special | {one}",
    "{one}'s Greatest {number}", "Contest of the Week | {tournament}",
    "Replay | {tournament} - Simulcast - Day {number}", "LIVE: {one} v {other}", "HES Automation Match {number}",
)  # fmt: skip
