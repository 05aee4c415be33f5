"""ADF as it is met in the field, one text per shape. People, cars and providers are invented."""

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<?adf version="1.0"?>
<adf>
  <prospect status="new">
    <id sequence="1" source="CarsPortal">CP-1001</id>
    <requestdate>2026-11-20T10:15:30-08:00</requestdate>
    <vehicle interest="buy" status="used">
      <year>2019</year><make>Toyota</make><model>Camry</model><trim>SE</trim>
      <vin>4T1B11HK5KU123456</vin><stock>S4711</stock>
      <colorcombination><exteriorcolor>Blue</exteriorcolor><preference>1</preference></colorcombination>
      <price type="quote" currency="USD">18300</price>
      <comments>Is it still there?</comments>
    </vehicle>
    <vehicle interest="trade-in" status="used">
      <year>2012</year><make>Honda</make><model>Civic</model>
      <odometer status="original" units="mi">91000</odometer>
    </vehicle>
    <customer>
      <contact>
        <name part="first" type="individual">Ann</name>
        <name part="middle">B.</name>
        <name part="last">Buyer</name>
        <email preferredcontact="0">Ann.Buyer@Example.com</email>
        <phone type="voice" time="evening">(555) 010-2233</phone>
        <phone type="cellphone" preferredcontact="1">555.010.2244</phone>
        <address type="home">
          <street line="1">12 Oak Street</street><apartment>4</apartment>
          <city>Springfield</city><regioncode>IL</regioncode><postalcode>62701</postalcode>
          <country>US</country>
        </address>
      </contact>
      <timeframe><description>within a week</description><earliestdate>2026-11-21</earliestdate></timeframe>
      <comments>Call after six, please.</comments>
    </customer>
    <vendor><vendorname>Summit Motors</vendorname><contact><name>Sales</name></contact></vendor>
    <provider><name part="full">Cars Portal Inc</name><service>Used car leads</service></provider>
  </prospect>
</adf>
"""

PERSON = """<customer><contact><name part="full">Ann Buyer</name>
<email>ann.buyer@example.com</email><phone>555-010-2233</phone></contact></customer>"""
CAR = "<vehicle><year>2019</year><make>Toyota</make><model>Camry</model></vehicle>"
VENDOR = "<vendor><vendorname>Summit Motors</vendorname></vendor>"


def adf(inside: str, head: str = '<?xml version="1.0"?>') -> str:
	return f"{head}\n<adf><prospect>{inside}</prospect></adf>"


SHAPES: dict[str, str] = {
	"adf instruction before the declaration": '<?ADF VERSION "1.0"?>\n<?xml version="1.0"?>\n'
	+ adf(CAR + PERSON + VENDOR, ""),
	"upper-case declaration": '<?XML VERSION="1.0"?>\n' + adf(CAR + PERSON + VENDOR, ""),
	"upper-case elements": adf(CAR + PERSON + VENDOR).upper(),
	"vendor outside prospect": f"<adf><prospect>{CAR}{PERSON}</prospect>{VENDOR}</adf>",
	"comments inside contact": adf(
		CAR + PERSON.replace("</contact>", "<comments>Call me</comments></contact>") + VENDOR
	),
	"vendor without a name": adf(
		CAR + PERSON + "<vendor><contact><email>s@x.example</email></contact></vendor>"
	),
	"no vendor": adf(CAR + PERSON),
	"no vehicle": adf(PERSON + VENDOR),
	"curly quotes from the specification": adf(
		CAR.replace("<vehicle>", "<vehicle interest=”buy” status=”new”>") + PERSON
	),
	"no adf element": f"<prospect>{CAR}{PERSON}</prospect>",
	"no prospect element": f"<adf>{CAR}{PERSON}</adf>",
	"a document type": '<!DOCTYPE adf SYSTEM "http://adf.example/adf.dtd">\n' + adf(CAR + PERSON, ""),
	"a document type with definitions": '<!DOCTYPE adf [<!ELEMENT adf (prospect+)>\n<!ENTITY car "Camry">]>\n'
	+ adf(CAR + PERSON, ""),
	"a name space": adf(CAR + PERSON).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?"),
	"html around it": f"<html><body><p>You have a new lead</p><pre>{adf(CAR + PERSON)}</pre></body></html>",
	"escaped in html": "<html><body>New lead<br>"
	+ adf(CAR + PERSON).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
	+ "</body></html>",
	"escaped twice": adf(CAR + PERSON).replace("<", "&amp;lt;").replace(">", "&amp;gt;"),
	"a text before it": "Dear dealer,\nhere is a lead: \n\n" + adf(CAR + PERSON) + "\n-- \nThe portal",
	"an ampersand left bare": adf(CAR + PERSON + "<comments>Black & white</comments>"),
	"a sign in a text": adf(CAR + PERSON + "<comments>price < 20000 and > 15000</comments>"),
	"an unclosed leaf": adf(CAR.replace("</year>", "") + PERSON),
	"an unclosed prospect": f"<adf><prospect>{CAR}{PERSON}</adf>",
	"character data": adf(CAR + PERSON.replace("Ann Buyer", "<![CDATA[Ann Buyer]]>")),
	"a comment": adf("<!-- <vehicle><make>Ford</make></vehicle> -->" + CAR + PERSON),
	"crossed tags": adf(CAR + PERSON.replace("</contact></customer>", "</customer></contact>")),
}
