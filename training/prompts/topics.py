"""The topics of prompts, separated by `|`. A fact has its right answers after a colon."""

HOW_TO = """
fix a squeaky door|bake bread|grow tomatoes|learn the guitar|clean a carpet|paint a bedroom|write a thank-you letter
train a puppy|pack a suitcase|save money each month|fall asleep faster|keep herbs alive|repair a flat bicycle tyre
wash a wool sweater|brew good tea|build a bookshelf|start running|cook rice|sharpen a kitchen knife|plan a birthday party
remove a coffee stain|learn to swim|organise a small kitchen|read more books|make a paper airplane|take better photos
prepare for an exam|choose running shoes|store fresh bread|descale a kettle|start a vegetable garden|learn a new language
make a cup of hot chocolate|iron a shirt|light a campfire|set up a tent|catch a fish|tie a necktie|unclog a sink
polish leather shoes|keep a houseplant healthy|get to know my neighbours|stop biting my nails|make soup from leftovers
improve my handwriting|ride a horse|feed wild birds in winter|learn to juggle|hang a picture straight|wrap a gift
clean a window without streaks|plan a road trip|keep bees|make strawberry jam|bake cookies|freeze vegetables
knit a scarf|carve a pumpkin|teach a child to read|overcome stage fright|make new friends in a new town|stay warm in winter
keep cool in summer|learn chess|draw a face|write a short story|start a diary|meditate for ten minutes|stretch after a run
prepare a job interview|ask for a pay rise|write a good email|give a speech|remember names|wake up early|drink more water
eat more vegetables|cook pasta|fry an egg|make a salad|grill fish|peel garlic quickly|bake a chocolate cake|make pizza dough
roast potatoes|make yoghurt|grow mushrooms|prune roses|plant a tree|mow the lawn evenly|compost kitchen waste
collect rainwater|save electricity at home|recycle old clothes|sew a button|patch torn jeans|dye a T-shirt|fold a fitted sheet
clean a microwave|defrost a freezer|wash dishes by hand|get rid of ants|keep mosquitoes away|remove chewing gum from hair
treat a small burn|calm a crying baby|care for a cat|walk a dog that pulls|clean a fish tank|teach a parrot to talk
choose a used car|change a tyre|park in a small space|drive on ice|cycle to work|read a map|find north without a compass
pack for a hike|cross a river safely|camp in the rain|look at the stars|take photos at night|record my voice at home
learn the piano|sing in tune|dance at a wedding|write a song|edit a video|back up my computer|choose a strong password
clean a keyboard|speed up an old laptop|learn to type faster|write a CV|plan my week|stop putting things off|focus at work
learn from mistakes|apologise to a friend|listen better|end a long phone call politely|say no without hurting anybody
deal with noisy neighbours|share a flat peacefully|split a bill fairly|sell old furniture|move to another city
decorate a small room|choose a sofa|paint a fence|lay floor tiles|insulate a window|heat a room cheaply|dry laundry indoors
"""

WHY = """
the sky is blue|leaves turn red in autumn|cats purr|the sea is salty|bread rises|ice floats on water|we dream
birds migrate|onions make us cry|the moon has phases|metal feels colder than wood|bees dance|we yawn|stars twinkle
dogs wag their tails|volcanoes erupt|popcorn pops|the seasons change|rainbows appear|thunder follows lightning
some people are left-handed|sleep matters|exercise lifts the mood|soap cleans|batteries run out|glass is transparent
planes can fly|ships float|magnets attract iron|shadows get longer in the evening|hair turns grey|milk turns sour
bananas turn brown|coffee keeps us awake|we laugh|babies cry|fish live in water|spiders build webs|owls hunt at night
whales sing|trees have rings|cacti survive in deserts|snow is white|fog forms over lakes|rivers bend|mountains are cold at the top
deserts are hot by day and cold at night|tides rise and fall|earthquakes happen|compasses point north|bicycles stay upright
tyres have patterns|bridges have gaps|roads crack in winter|windows fog up|balloons shrink in the cold|tea cools down
sugar dissolves faster in hot water|candles need air|rust forms|paint dries|bubbles are round|honey does not spoil
salt melts ice|vegetables are healthy|teeth need brushing|muscles ache after sport|we get goosebumps|we sweat
our ears pop in planes|we get hiccups|music makes us feel something|people keep pets|children play|we forget things
languages change|money has value|prices rise|people vote|countries have flags|cities grow near rivers|museums matter
libraries are useful|schools give homework|people tell stories|we celebrate birthdays|clocks go round to the right
the week has seven days|a year has 365 days|keyboards are not in alphabetical order|phones get warm|computers need memory
passwords should be long|backups are important|the internet is slow at times|satellites stay in orbit|astronauts float
the sun shines|Mars is red|Saturn has rings|comets have tails|the night is dark|mirrors reflect|knives get blunt
a lemon tastes sour|chilli tastes hot|mint feels cold|cheese has holes|eggs get hard when boiled|meat browns in a pan
"""

EXPLAIN = """
cameras|refrigerators|vaccines|a compass|a microwave oven|photosynthesis|the water cycle|a piano|solar panels|a bicycle gear
electric cars|wind turbines|a thermometer|a zipper|headphones|a telescope|a submarine|hot-air balloons|an elevator|a toilet
the human heart|our lungs|digestion|memory|taxes|insurance|interest on savings|elections|a stock market|recycling
a search engine|email|Wi-Fi|GPS|a touchscreen|a barcode|a printer|a calculator|the alphabet|a crossword puzzle
chess openings|a relay race|the Olympic Games|a lighthouse|a dam|a sailing boat|a parachute|a violin|a drum|glaciers
beehives|ant colonies|bird song|spider silk|camouflage|hibernation|pollination|seeds|soil|coral reefs
"""

LIST = """
things to pack for the beach|healthy snacks|ways to save water|uses of vinegar|indoor plants that need little light|kinds of cheese
animals that live in the forest|musical instruments|gift ideas for a teacher|games for a rainy day|hobbies for the winter
breakfast ideas|rules of good sleep|ways to relax after work|tools that every home needs|vegetables that grow in spring
reasons to learn to cook|topics for small talk|questions for a job interview|words for a happy mood|names for a goldfish
ideas for a school project|ways to reuse glass jars|sports without a ball|kinds of clouds|famous rivers|trees with edible fruit
things to see in a museum|habits of good students|ways to thank somebody|birds that cannot fly|insects that help gardeners
jobs that need no office|inventions that changed the world|spices for a curry|toppings for a pizza|ingredients of a vegetable soup
ways to cook an egg|drinks without alcohol|desserts without sugar|signs of a good friend|advantages of public transport
disadvantages of living in a city|steps before buying a house|things to check before a long drive|ways to learn vocabulary
exercises for a stiff neck|ideas for a picnic|themes for a costume party|materials for building a house|things made of wood
things that are round|things that fly|animals with stripes|animals that sleep in winter|fruits with a stone|blue flowers
planets of the solar system|bones of the body|parts of a bicycle|parts of a plant|parts of a letter|kinds of shoes
kinds of bread|kinds of bridges|kinds of dance|kinds of poems|sounds of a farm|smells of the autumn|colours of the sunset
sights for a tourist in London|things to do in Paris|winter sports|water sports|board games|card games|camping meals
things a baby needs|things a dog needs|ways to greet somebody|polite phrases|excuses for being late|tips for a first date
tips for a long flight|tips for public speaking|tips for saving fuel|tips for a tidy desk|tips for better coffee
"""

SUBJECTS = """
a garden|the rain|an old clock|a lonely robot|the first snow|a lighthouse keeper|a lost umbrella|a brave mouse|the sea at night
a talking cat|a train journey|my grandmother's kitchen|a paper boat|the moon|a forgotten toy|a sleepy dragon|a market in the morning
a river|a baker who cannot sleep|a fox in the city|a violin without strings|the last leaf of the tree|a snowman in spring
two friends on a bridge|a letter that never arrived|a spider in the bathroom|a kite|a dog that finds a key|the smell of coffee
a singing teapot|a cloud that is afraid of heights|a library at midnight|a penguin on holiday|a stone in a shoe|a broken umbrella
a king without a crown|a candle|a summer evening|an empty house|a bus driver|a whale|a tailor and a giant|a pair of red shoes
the wind|a map of an unknown island|a clumsy wizard|a bicycle race|a crow and a mirror|a clockmaker|a frog in love|an apple tree
a mountain|a ghost who is afraid of the dark|a chess game|a night in the desert|a small boat|a secret door|a bee|a tiger with a cold
a hungry caterpillar|a jar of honey|a school for elephants|a violinist in the subway|a storm|an astronaut and her plant|a donkey
a street musician|a postman in the mountains|a swallow|a puddle|a pirate who gets seasick|a sunflower|a hedgehog|a rusty key
"""

JOKES = """
cats|computers|teachers|penguins|coffee|vegetables|football|trains|dentists|cooking|elephants|the weather|pirates|maths
musicians|cheese|ghosts|bicycles|doctors|cows|holidays|socks|robots|gardening|fish|dogs|mornings|snow|books|lawyers
chickens|bananas|alarm clocks|dragons|painters|bees|mirrors|umbrellas|tea|spiders
"""

EMAILS = """
asks a landlord to repair the heating|thanks a colleague for help|invites friends to a barbecue|cancels a dentist appointment
asks a teacher for more time|apologises for a late delivery|asks a shop to replace a broken lamp|tells the team about a new printer
asks for a day off|congratulates a friend on a new job|asks a neighbour to water the plants|complains about noise in a hotel
asks a library to extend a loan|introduces a new colleague|asks for a quote for a new roof|says no to an invitation politely
reminds a friend of a loan|asks a restaurant for a table for eight|thanks a host for a weekend|orders office supplies
asks a gym to end a contract|tells parents about a school trip|asks a band to play at a wedding|reports a lost suitcase
asks a professor for a recommendation|offers help to a new neighbour|asks a customer for feedback|moves a meeting to Friday
asks for the price of a used piano|wishes a teacher a happy retirement|asks a bank about a wrong fee|invites the office to lunch
asks an author for an interview|asks the city for a new bench|tells a client that a project is finished|asks a museum about tickets
"""

CODE = """
reverses a string|adds two numbers|finds the largest number of a list|counts the vowels of a text|checks whether a number is even
checks whether a word is a palindrome|sorts a list of names|computes a factorial|prints the numbers from 1 to 10|removes duplicates
converts Celsius to Fahrenheit|counts the words of a sentence|sums the numbers of a list|finds the shortest word|reads a text file
prints a multiplication table|computes the average of a list|checks whether a year is a leap year|capitalises each word
finds the common elements of two lists|counts down from 10|generates a random password|merges two dictionaries|squares each number
checks whether a number is prime|prints the first Fibonacci numbers|removes spaces from a text|finds the index of a letter
rolls two dice|asks for a name and greets the user|computes the area of a circle|swaps two variables
"""

OPINIONS = """
reading on paper or on a screen|cats or dogs|living in a city or in the country|tea or coffee|early mornings or late nights
working from home|school uniforms|homework for young children|electric cars|public libraries|learning Latin|zoos|social media
cooking at home or eating out|trains or planes|summer or winter|watching films or reading books|team sports|keeping a diary
long holidays|remote learning|handwriting in schools|free public transport|eating less meat|four-day weeks|pets in offices
growing your own food|buying second-hand clothes|paying with cash|board games in the evening|visiting museums|learning to code
"""

CAPITALS = """
Italy:Rome|France:Paris|Spain:Madrid|Germany:Berlin|Portugal:Lisbon|Austria:Vienna|Greece:Athens|Poland:Warsaw|Norway:Oslo
Sweden:Stockholm|Finland:Helsinki|Denmark:Copenhagen|Ireland:Dublin|Belgium:Brussels|the Netherlands:Amsterdam|Hungary:Budapest
Japan:Tokyo|China:Beijing|India:New Delhi|Russia:Moscow|Egypt:Cairo|Canada:Ottawa|Cuba:Havana|Peru:Lima|Chile:Santiago
Argentina:Buenos Aires|Turkey:Ankara|Thailand:Bangkok|Vietnam:Hanoi|South Korea:Seoul|Kenya:Nairobi|Australia:Canberra
England:London|Scotland:Edinburgh|Iceland:Reykjavik|Mexico:Mexico City|Iran:Tehran|Iraq:Baghdad|Israel:Jerusalem|Romania:Bucharest
Bulgaria:Sofia|Croatia:Zagreb|Serbia:Belgrade|Ukraine:Kyiv,Kiev|Switzerland:Bern|Colombia:Bogota,Bogotá|Venezuela:Caracas
the Philippines:Manila|Indonesia:Jakarta|the United States:Washington
"""

OPPOSITES = """
hot:cold|big:small,little|fast:slow|happy:sad,unhappy|light:dark,heavy|old:young,new|up:down|open:closed,close,shut|rich:poor
early:late|full:empty|hard:soft,easy|high:low|long:short|wet:dry|clean:dirty|loud:quiet|strong:weak|thick:thin|day:night
left:right|push:pull|win:lose|buy:sell|begin:end,finish|north:south|east:west|above:below|before:after|true:false
"""

FACTS = """
How many days does a week have?:7,seven|How many months does a year have?:12,twelve|How many legs does a spider have?:8,eight
How many legs does a dog have?:4,four|How many minutes does an hour have?:60,sixty|How many sides does a triangle have?:3,three
How many hours does a day have?:24,twenty-four|How many legs does an insect have?:6,six|How many letters does the English alphabet have?:26,twenty-six
How many sides does a square have?:4,four|How many planets does the solar system have?:8,eight|How many wheels does a bicycle have?:2,two
How many seconds does a minute have?:60,sixty|How many strings does a violin have?:4,four|How many continents are there?:7,seven
How many players does a football team have on the field?:11,eleven|How many colours does a rainbow have?:7,seven
What is the largest planet of the solar system?:Jupiter|Which planet is closest to the sun?:Mercury|Which planet is known as the red planet?:Mars
Which star is closest to the earth?:Sun|What is the largest ocean?:Pacific|What is the longest river of Africa?:Nile
What is the highest mountain of the world?:Everest|Which animal is the largest on earth?:whale|Which animal is the tallest?:giraffe
Which is the fastest land animal?:cheetah|What do bees make?:honey|What do cows give us to drink?:milk|What is frozen water called?:ice
Which gas do we need to breathe?:oxygen|What is the chemical symbol of water?:H2O|What is the chemical symbol of gold?:Au
What is the chemical symbol of oxygen?:O|Which metal is liquid at room temperature?:mercury|What colour is a ripe banana?:yellow
What colour is grass?:green|What colour is the sky on a clear day?:blue|What colour do you get if you mix blue and yellow?:green
What colour do you get if you mix red and white?:pink|What colour do you get if you mix red and yellow?:orange|What colour is snow?:white
Who wrote Romeo and Juliet?:Shakespeare|Who painted the Mona Lisa?:Leonardo,da Vinci|Who wrote Hamlet?:Shakespeare
Who developed the theory of relativity?:Einstein|Who was the first person on the moon?:Armstrong|Who invented the telephone?:Bell
Which language is spoken in Brazil?:Portuguese|Which language is spoken in Austria?:German|Which language is spoken in Mexico?:Spanish
Which language is spoken in Egypt?:Arabic|On which continent is Kenya?:Africa|On which continent is Brazil?:South America
On which continent is India?:Asia|On which continent is Spain?:Europe|In which country is the Eiffel Tower?:France
In which country is the Colosseum?:Italy|In which country are the pyramids of Giza?:Egypt|In which city is Big Ben?:London
In which country is Mount Fuji?:Japan|In which city is the Statue of Liberty?:New York|Which season follows winter?:spring
Which season follows summer?:autumn,fall|Which day follows Monday?:Tuesday|Which day comes before Sunday?:Saturday
Which month follows June?:July|Which month comes before May?:April|What is the first month of the year?:January
What is the last month of the year?:December|What is a baby dog called?:puppy|What is a baby cat called?:kitten
What is a baby cow called?:calf|What is a baby sheep called?:lamb|What is the plural of mouse?:mice|What is the plural of child?:children
What is the plural of foot?:feet|What is the past tense of go?:went|What is the past tense of eat?:ate|What is the past tense of see?:saw
Which organ pumps blood?:heart|Which organ do we think with?:brain|Which sense do we use our eyes for?:sight,vision,see,seeing
At what temperature in Celsius does water boil?:100|At what temperature in Celsius does water freeze?:0,zero
What is the currency of Japan?:yen|What is the currency of the United States?:dollar|What is the currency of Germany?:euro
What do you call a person who bakes bread?:baker|What do you call a person who flies a plane?:pilot
What do you call a house made of snow?:igloo|What is the hardest natural material?:diamond|Which bird is a symbol of peace?:dove
"""
