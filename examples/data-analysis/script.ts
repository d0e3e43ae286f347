import { ScriptedModel } from 'conversable/testing'

const ANALYSIS = `from functions import generation

sources = generation()
years = sorted(sources['Renewables'])
ahead = [year for year in years if sources['Renewables'][year] > sources['Nuclear Energy'][year]]
# The first year from which on they stay ahead.
since = next(year for year in ahead if all(later in ahead for later in years if later >= year))
last = years[-1]
share = sources['Renewables'][last] / sum(values[last] for values in sources.values())
print(f'since {since}; {share:.1%} in {last}')`

const WITH_MATPLOTLIB = `I compare the two sources year by year, and draw all of them as lines.

\`\`\`python
import matplotlib.pyplot as plt
${ANALYSIS}

for name, values in sources.items():
    plt.plot(years, [values[year] / 1000 for year in years], label=name)
plt.ylabel('million megawatt hours')
plt.title('Electricity generated in Iowa')
plt.legend()
plt.savefig('plot.png', dpi=80)
\`\`\``

const WITHOUT_MATPLOTLIB = `There is no matplotlib here, so the program writes the lines of the plot itself.

\`\`\`python
${ANALYSIS}

most = max(max(values.values()) for values in sources.values())
def point(year, value):
    return f'{60 + (year - years[0]) * 500 / (last - years[0]):.1f},{280 - value * 240 / most:.1f}'

parts = ['<text x="60" y="24">Electricity generated in Iowa, thousand megawatt hours</text>',
         '<path d="M60 40V280H560" fill="none" stroke="black"/>',
         f'<text x="10" y="45">{most}</text><text x="60" y="300">{years[0]}</text><text x="530" y="300">{last}</text>']
for (name, values), colour in zip(sources.items(), ['sienna', 'darkorchid', 'seagreen']):
    points = ' '.join(point(year, values[year]) for year in years)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    parts.append(f'<text x="565" y="{point(last, values[last]).split(",")[1]}" fill="{colour}">{name}</text>')
with open('plot.svg', 'w') as file:
    file.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 690 310" font-family="sans-serif" font-size="14">'
               + ''.join(parts) + '</svg>')
\`\`\``

/**
 * Stands in for a model: a program that draws with matplotlib; if that is not there, one that does without; then the
 * answer, with the figures that were printed.
 */
export function scriptedAnalyst(): ScriptedModel {
  return new ScriptedModel(({ prompt }) => {
    const { content } = prompt.at(-1) ?? { content: '' }
    const parts = typeof content === 'string' ? [{ text: content }] : content
    const last = parts.map((part) => ('text' in part ? part.text : '')).join('')
    if (last.startsWith('exitcode: 0')) return answerFrom(last)
    if (last.includes("No module named 'matplotlib'")) return WITHOUT_MATPLOTLIB
    return last.startsWith('exitcode:') ? 'I do not know how to go on. TERMINATE' : WITH_MATPLOTLIB
  })
}

function answerFrom(output: string): string {
  const [, since, share, year] = /since (\d+); ([\d.]+%) in (\d+)/.exec(output) ?? []
  return `Renewables give more than nuclear power since ${since}, and ${share} of all electricity in ${year}. TERMINATE`
}
